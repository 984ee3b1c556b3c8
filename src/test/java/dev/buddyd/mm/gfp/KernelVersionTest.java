package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelVersionTest {

  @ParameterizedTest
  @CsvSource({
    "4.19, 4, 19, 0, 4.19",
    "6.12.117+deb12-amd64, 6, 12, 117, 6.12.117+deb12-amd64",
    "2.6.32-754.el6, 2, 6, 32, 2.6.32-754.el6",
    "2.6.31+frans-00002-g90702f9, 2, 6, 31, 2.6.31+frans-00002-g90702f9",
    "4.4.114+, 4, 4, 114, 4.4.114+",
    "4.18.0-240.el8, 4, 18, 0, 4.18.0-240.el8",
    "6.13-rc1, 6, 13, 0, 6.13-rc1",
    "3.0.101.5-foo, 3, 0, 101, 3.0.101.5-foo",
    "v6.12, 6, 12, 0, 6.12",
    "' 5.4 ', 5, 4, 0, 5.4",
    "Linux version 5.10.6, 5, 10, 6, 5.10.6",
    "Linux 6.1, 6, 1, 0, 6.1"
  })
  void readsReleases(String text, int major, int minor, int patch, String release) {
    assertThat(KernelVersion.parse(text))
        .isEqualTo(new KernelVersion(major, minor, patch, release));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "6", "six.twelve", "6.", ".12", "-6.12", "99999.1", "6.12345678901234"})
  void refusesOtherText(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KernelVersion.parse(text))
        .withMessageContaining("not a kernel version: '" + text + "'");
  }

  @Test
  void refusesEndlessText() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KernelVersion.parse("6.12-" + "x".repeat(300)))
        .withMessageContaining("not a kernel version");
  }

  @Test
  void ordersByNumbersNotByText() {
    assertThat(KernelVersion.parse("4.10")).isGreaterThan(KernelVersion.parse("4.9.337"));
    assertThat(KernelVersion.parse("2.6.38")).isGreaterThan(KernelVersion.parse("2.6.4"));
    assertThat(KernelVersion.parse("5.0")).isGreaterThan(KernelVersion.parse("4.20"));
    assertThat(KernelVersion.parse("6.12-arch1"))
        .isEqualByComparingTo(KernelVersion.parse("6.12.0+deb13"));
    assertThat(KernelVersion.parse("6.12-rc7").atLeast("6.12")).isTrue();
    assertThat(KernelVersion.parse("6.11.9").atLeast("6.12")).isFalse();
  }

  @Test
  void recognisesRedHat() {
    assertThat(KernelVersion.parse("3.10.0-1160.el7.x86_64").redHatRelease()).hasValue(7);
    assertThat(KernelVersion.parse("4.18.0-240.10.1.el8_3.x86_64").redHatRelease()).hasValue(8);
    assertThat(KernelVersion.parse("6.12.0-211.el10.ppc64le").redHatRelease()).hasValue(10);
    assertThat(KernelVersion.parse("6.12.117+deb12-amd64").redHatRelease()).isEmpty();
  }

  @Test
  void printsWhatItRead() {
    assertThat(KernelVersion.parse("4.18.0-1.el8")).hasToString("4.18.0-1.el8");
    assertThat(KernelVersion.of(4, 19)).hasToString("4.19");
  }

  @Test
  void rangesExcludeTheirEnd() {
    VersionRange range = VersionRange.between("4.4", "4.10");
    assertThat(range.contains(KernelVersion.parse("4.4"))).isTrue();
    assertThat(range.contains(KernelVersion.parse("4.9.300"))).isTrue();
    assertThat(range.contains(KernelVersion.parse("4.10"))).isFalse();
    assertThat(range.contains(KernelVersion.parse("4.3.9"))).isFalse();
    assertThat(range.overlaps(VersionRange.since("4.10"))).isFalse();
    assertThat(range.overlaps(VersionRange.since("4.9"))).isTrue();
    assertThat(VersionRange.until("4.4").overlaps(range)).isFalse();
    assertThat(VersionRange.until("4.5").overlaps(range)).isTrue();
    assertThat(VersionRange.ALWAYS.overlaps(range)).isTrue();
  }
}
