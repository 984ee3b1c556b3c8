package dev.buddyd.mm.gfp;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel release such as {@code 4.19}, {@code 6.12.117+deb12-amd64} or {@code 2.6.32-754.el6}.
 *
 * <p>The ordering looks at the three numbers only, so it is coarser than {@code equals}: a release
 * candidate counts as its release, a vendor's kernel as the release it started from.
 *
 * @param major first number, 0 to 9999
 * @param minor second number, 0 to 9999
 * @param patch third number, 0 where the text has none; in 2.6.x the one that tells releases apart
 * @param release the whole name as it was written: {@code 6.12.117+deb12-amd64}
 */
public record KernelVersion(int major, int minor, int patch, String release)
    implements Comparable<KernelVersion> {

  /** The release that this program models (spec 00). */
  public static final KernelVersion REFERENCE = of(6, 12);

  private static final Pattern SHAPE =
      Pattern.compile(
          "(?:Linux )?(?:version )?[vV]?(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?(?:\\D.*)?");
  private static final Pattern RED_HAT = Pattern.compile("\\.el(\\d{1,2})");
  private static final int LONGEST = 200;

  /** The release {@code major.minor}. */
  public static KernelVersion of(int major, int minor) {
    return new KernelVersion(major, minor, 0, major + "." + minor);
  }

  /**
   * Reads a release as {@code uname -r} or a report prints it.
   *
   * @throws IllegalArgumentException if the text does not start with {@code major.minor}
   */
  public static KernelVersion parse(String text) {
    String trimmed = text.strip();
    Matcher m = SHAPE.matcher(trimmed);
    if (trimmed.length() > LONGEST || !m.matches()) {
      throw new IllegalArgumentException(
          "not a kernel version: '%.40s'; expected something like 4.19 or 6.12.117+deb12-amd64"
              .formatted(trimmed));
    }
    return new KernelVersion(
        Integer.parseInt(m.group(1)),
        Integer.parseInt(m.group(2)),
        m.group(3) == null ? 0 : Integer.parseInt(m.group(3)),
        trimmed.substring(m.start(1)));
  }

  /** Whether this release is {@code other} or a later one. */
  public boolean atLeast(KernelVersion other) {
    return compareTo(other) >= 0;
  }

  /** As {@link #atLeast(KernelVersion)} with a release like {@code "4.4"}. */
  public boolean atLeast(String other) {
    return atLeast(parse(other));
  }

  /** The Red Hat Enterprise Linux number in the name: 7 for {@code 3.10.0-1160.el7.x86_64}. */
  public OptionalInt redHatRelease() {
    Matcher m = RED_HAT.matcher(release);
    return m.find() ? OptionalInt.of(Integer.parseInt(m.group(1))) : OptionalInt.empty();
  }

  @Override
  public int compareTo(KernelVersion other) {
    int byMajor = Integer.compare(major, other.major);
    int byMinor = byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
    return byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
  }

  @Override
  public String toString() {
    return release;
  }
}
