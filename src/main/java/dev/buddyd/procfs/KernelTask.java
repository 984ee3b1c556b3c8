package dev.buddyd.procfs;

import org.jspecify.annotations.Nullable;

/**
 * The task that kernel text names: who allocates, as a command and a pid.
 *
 * @param comm command name, at most 15 characters, one line
 * @param pid the same number for the same owner of a machine
 */
public record KernelTask(String comm, int pid) {

  /** Who asks when nobody said; also the kernel's own work. */
  public static final KernelTask NOBODY = new KernelTask("buddyd", 1);

  /** Length of a kernel command name without its terminating zero. */
  private static final int MAX_CHARACTERS = 15;

  private static final int FIRST_PID = 1000;

  public KernelTask {
    comm = line(comm);
  }

  /**
   * An owner as a task.
   *
   * @param owner its name, or null for nobody
   * @param number its number, as events carry it
   */
  public static KernelTask of(@Nullable String owner, int number) {
    return owner == null || owner.isEmpty() ? NOBODY : new KernelTask(owner, FIRST_PID + number);
  }

  /** A name cannot break the line that it stands in, and is cut as the kernel cuts it. */
  private static String line(String name) {
    int[] characters =
        name.codePoints().limit(MAX_CHARACTERS).map(c -> breaks(c) ? '?' : c).toArray();
    return new String(characters, 0, characters.length);
  }

  private static boolean breaks(int character) {
    return Character.isISOControl(character)
        || (Character.isSpaceChar(character) && character != ' ');
  }
}
