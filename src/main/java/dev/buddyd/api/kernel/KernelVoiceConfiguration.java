package dev.buddyd.api.kernel;

import dev.buddyd.machine.KernelVoice;
import dev.buddyd.procfs.ReportVoice;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The machines in service speak as 6.12 does. */
@Configuration(proxyBeanMethods = false)
class KernelVoiceConfiguration {

  @Bean
  KernelVoice kernelVoice() {
    return new ReportVoice();
  }
}
