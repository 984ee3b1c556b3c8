package dev.buddyd;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The Linux page allocator as a service. */
@SpringBootApplication
public class BuddydApplication {

  public static void main(String[] args) {
    SpringApplication.run(BuddydApplication.class, args);
  }
}
