package gyre.proxy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals of the operating system. The JDK has no other door to them than {@code sun.misc.Signal},
 * which compilers warn of by name, hence by reflection; where it is missing, the virtual machine's
 * own treatment stays.
 */
final class ProcessSignals {
  private static final Logger log = LoggerFactory.getLogger(ProcessSignals.class);

  private ProcessSignals() {}

  /** {@code action} runs on a thread of the virtual machine, each time the signal comes. */
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> receiver = Class.forName("sun.misc.SignalHandler");
      InvocationHandler invoked =
          (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              action.run();
              return null;
            }
            return method.invoke(action, arguments);
          };
      Object handler =
          Proxy.newProxyInstance(
              ProcessSignals.class.getClassLoader(), new Class<?>[] {receiver}, invoked);
      var _ =
          signal
              .getMethod("handle", signal, receiver)
              .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
    } catch (ReflectiveOperationException e) {
      Throwable reason = e instanceof InvocationTargetException outer ? outer.getCause() : e;
      log.info("SIG{} keeps its usual meaning: {}", name, String.valueOf(reason));
    }
  }
}
