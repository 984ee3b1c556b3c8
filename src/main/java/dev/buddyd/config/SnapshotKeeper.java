package dev.buddyd.config;

import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineService;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Writes the machine to {@code buddyd.snapshot.path} when the service stops gracefully. */
@Component
final class SnapshotKeeper implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotKeeper.class);

  /** Below all phases of the web server: nobody changes the machine any more when this stops. */
  private static final int AFTER_THE_WEB_SERVER = Integer.MAX_VALUE / 2;

  private final MachineService machines;
  private final @Nullable SnapshotStore store;
  private volatile boolean running;

  SnapshotKeeper(MachineService machines, BuddydProperties properties) {
    this.machines = machines;
    this.store =
        properties.snapshot().path() == null
            ? null
            : new SnapshotStore(properties.snapshot().path());
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    SnapshotStore file = store;
    if (file == null) {
      return;
    }
    try {
      file.save(machines.current());
      LOG.info("the machine is kept in {}", file.path());
    } catch (IOException | MachineException e) {
      LOG.error("the machine could not be kept in {}", file.path(), e);
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return AFTER_THE_WEB_SERVER;
  }
}
