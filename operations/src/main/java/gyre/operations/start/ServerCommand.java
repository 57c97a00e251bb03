package gyre.operations.start;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;

/**
 * Runs a server's picocli command so that what its operator can mend is one line on standard error,
 * status 2.
 */
public final class ServerCommand {
  private static final int FAILED = 1;
  private static final int CANNOT_START = 2;

  private ServerCommand() {}

  /**
   * Parses the arguments, runs the command, ends the process with its status. An error of the
   * virtual machine in any thread ends the process, too, with status 3.
   */
  public static void run(Callable<Integer> command, String... arguments) {
    LastWord lastWord = LastWord.install();
    try {
      System.exit(execute(command, arguments));
    } catch (Error failure) {
      lastWord.uncaughtException(Thread.currentThread(), failure);
      System.exit(FAILED);
    }
  }

  static int execute(Callable<Integer> command, String... arguments) {
    return new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(oneLine())
        .execute(arguments);
  }

  /** For commands that build their own {@link CommandLine}. */
  public static IExecutionExceptionHandler oneLine() {
    return (failure, commandLine, parsed) -> {
      if (failure instanceof StartFailure) {
        commandLine.getErr().println(commandLine.getCommandName() + ": " + failure.getMessage());
        return CANNOT_START;
      }
      throw failure;
    };
  }
}
