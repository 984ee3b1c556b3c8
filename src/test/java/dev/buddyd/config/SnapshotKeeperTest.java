package dev.buddyd.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.buddyd.BuddydApplication;
import dev.buddyd.machine.AllocationOutcome.Granted;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.PageUse;
import dev.buddyd.mm.gfp.Gfp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class SnapshotKeeperTest {

  @TempDir private Path directory;

  private static ConfigurableApplicationContext start(Path file) {
    return SpringApplication.run(
        BuddydApplication.class,
        "--server.port=0",
        "--buddyd.preset=tiny",
        "--buddyd.snapshot.path=" + file);
  }

  private static long allocate(MachineService machines) {
    PageRequest request =
        new PageRequest(
            PageRequest.Call.ALLOC_PAGE, Gfp.GFP_KERNEL, 0, 0, null, null, "kept", PageUse.KERNEL);
    return ((Granted) machines.current().allocate(request, false)).allocation().pfn();
  }

  @Test
  void machineLivesOnOverARestart() {
    Path file = directory.resolve("machine.json.gz");
    long first;
    try (var context = start(file)) {
      MachineService machines = context.getBean(MachineService.class);
      assertThat(machines.current().epoch()).isEqualTo(1);
      first = allocate(machines);
    }
    assertThat(file).exists();
    try (var context = start(file)) {
      MachineService machines = context.getBean(MachineService.class);
      assertThat(machines.current().epoch()).isEqualTo(2);
      assertThat(machines.current().describe(first).allocation().owner()).isEqualTo("kept");
      assertThat(allocate(machines)).isNotEqualTo(first);
    }
  }

  @Test
  void noEpochIsUsedTwiceEvenIfTheFileIsOld() throws IOException {
    Path file = directory.resolve("machine.json.gz");
    start(file).close();
    byte[] old = Files.readAllBytes(file);
    try (var context = start(file)) {
      assertThat(context.getBean(MachineService.class).current().epoch()).isEqualTo(2);
    }
    Files.write(file, old);
    try (var context = start(file)) {
      assertThat(context.getBean(MachineService.class).current().epoch()).isEqualTo(3);
    }
  }

  @Test
  void startIsRefusedInPlainWordsIfTheFileCannotBeUsed(CapturedOutput output) throws IOException {
    Path file = directory.resolve("machine.json");
    for (String broken : List.of("", "{}", "{\"format\":\"buddyd-snapshot/9\"}")) {
      Files.writeString(file, broken);

      assertThat(catchThrowable(() -> start(file).close())).isNotNull();

      assertThat(output.getErr() + output.getOut())
          .contains("The machine is to start from buddyd.snapshot.path, but " + file + ": line 1");
      assertThat(file).hasContent(broken);
    }
  }

  @Test
  void startIsRefusedIfTheFileIsADirectory(CapturedOutput output) throws IOException {
    Path file = Files.createDirectory(directory.resolve("machine"));

    assertThat(catchThrowable(() -> start(file).close())).isNotNull();

    assertThat(output).contains("cannot be read");
  }
}
