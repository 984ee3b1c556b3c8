package dev.buddyd.mutation;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads buddyd's classes anew, those of a folder instead of the built ones; libraries are shared.
 */
final class MutantLoader extends URLClassLoader {

  private static final String OWN = "dev.buddyd.";
  private static final String HARNESS = "dev.buddyd.mutation.";

  /**
   * A loader over folders.
   *
   * @param folders in order; the first that has a class wins
   */
  MutantLoader(List<Path> folders) {
    super(urls(folders), MutantLoader.class.getClassLoader());
  }

  private static URL[] urls(List<Path> folders) {
    List<URL> urls = new ArrayList<>();
    for (Path folder : folders) {
      try {
        urls.add(folder.toUri().toURL());
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException(e);
      }
    }
    return urls.toArray(URL[]::new);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OWN) || name.startsWith(HARNESS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }
  }
}
