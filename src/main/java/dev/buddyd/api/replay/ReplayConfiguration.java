package dev.buddyd.api.replay;

import dev.buddyd.config.Limits;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.replay.ReplayLimits;
import dev.buddyd.replay.Replays;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The one place for replays. */
@Configuration(proxyBeanMethods = false)
class ReplayConfiguration {

  @Bean
  Replays replays(Limits limits, SectionBudget budget) {
    ReplayLimits defaults = ReplayLimits.defaults();
    return new Replays(
        new ReplayLimits(
            limits.uploadBody().toBytes(),
            limits.uploadInflated().toBytes(),
            defaults.operations(),
            defaults.values(),
            limits.replaysRunning(),
            limits.replaysQueued(),
            limits.replaysKept(),
            limits.replayKeptFor()),
        budget,
        InstantSource.system());
  }
}
