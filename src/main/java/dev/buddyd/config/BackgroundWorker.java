package dev.buddyd.config;

import dev.buddyd.config.BuddydProperties.Background;
import dev.buddyd.machine.MachineService;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** With {@code buddyd.background=background}: a thread that does what requests have woken. */
@Component
class BackgroundWorker implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundWorker.class);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final MachineService machines;
  private final boolean wanted;
  private volatile @Nullable Thread thread;

  BackgroundWorker(MachineService machines, BuddydProperties properties) {
    this.machines = machines;
    this.wanted = properties.background() == Background.BACKGROUND;
  }

  @Override
  public void start() {
    thread = Thread.ofPlatform().daemon().name("background").start(this::work);
  }

  private void work() {
    while (thread == Thread.currentThread()) {
      try {
        machines.current().runBackground();
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.error("background work failed", e);
      }
    }
  }

  @Override
  public void stop() {
    Thread running = thread;
    thread = null;
    if (running != null) {
      running.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  @Override
  public boolean isAutoStartup() {
    return wanted;
  }
}
