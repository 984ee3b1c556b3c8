/** Breaks one rule of the memory manager at a time and asks the other tests whether they notice. */
package dev.buddyd.mutation;
