/**
 * A machine in the state that a host's {@code /proc} files show: the same zones, free blocks by
 * order and type, marks, reserves and page sets (T-1, T-5, T-10). What the files don't tell, the
 * place of each block, is made up from a seed.
 */
@NullMarked
package dev.buddyd.procfs.host;

import org.jspecify.annotations.NullMarked;
