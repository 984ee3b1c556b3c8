package dev.buddyd.config;

import dev.buddyd.machine.KernelVoice;
import dev.buddyd.machine.MachineOptions;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.MachineState;
import dev.buddyd.mm.frame.SectionBudget;
import java.nio.file.Path;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** The beans that everybody shares. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BuddydProperties.class)
class MachineConfiguration {

  @Bean
  Limits limits(BuddydProperties properties) {
    return properties.limits();
  }

  /** One budget for the frame tables of all machines, forks, replays and restores. */
  @Bean
  SectionBudget sectionBudget(Limits limits) {
    return new SectionBudget(Runtime.getRuntime().maxMemory() / 100 * limits.frameTablesPercent());
  }

  @Bean
  MachineOptions machineOptions(BuddydProperties properties, KernelVoice voice) {
    return new MachineOptions(
        properties.events().ringSize(),
        properties.limits().owners(),
        properties.limits().goneAllocations(),
        switch (properties.background()) {
          case INLINE -> MachineOptions.Background.INLINE;
          case MANUAL -> MachineOptions.Background.MANUAL;
          case BACKGROUND -> MachineOptions.Background.ELSEWHERE;
        },
        voice);
  }

  @Bean
  Presets presets(JsonMapper mapper) {
    return new Presets(mapper);
  }

  @Bean
  MachineService machineService(
      BuddydProperties properties, Presets presets, SectionBudget budget, MachineOptions options) {
    Path path = properties.snapshot().path();
    if (path == null) {
      return new MachineService(presets.get(properties.preset()), budget, options);
    }
    SnapshotStore store = new SnapshotStore(path);
    MachineState kept =
        store
            .load(budget, options.maxOwners())
            .orElseGet(() -> MachineService.bootState(presets.get(properties.preset()), budget));
    return new MachineService(kept, store.nextEpoch(), budget, options);
  }
}
