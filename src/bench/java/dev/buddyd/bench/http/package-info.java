/** Loads the service over HTTP and tells what it costs: {@link dev.buddyd.bench.http.HttpLoad}. */
@NullMarked
package dev.buddyd.bench.http;

import org.jspecify.annotations.NullMarked;
