package gyre.signalling.directory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A set from which a few elements can be drawn at random without walking the whole. */
final class IndexedSet<T> {
  private final List<T> elements = new ArrayList<>(1);
  private final Map<T, Integer> places = new HashMap<>(2);

  boolean add(T element) {
    if (places.putIfAbsent(element, elements.size()) != null) {
      return false;
    }
    return elements.add(element);
  }

  boolean remove(T element) {
    Integer place = places.remove(element);
    if (place == null) {
      return false;
    }
    T last = elements.removeLast();
    if (place < elements.size()) {
      elements.set(place, last);
      places.put(last, place);
    }
    return true;
  }

  int size() {
    return elements.size();
  }

  boolean isEmpty() {
    return elements.isEmpty();
  }

  List<T> all() {
    return List.copyOf(elements);
  }

  /** At most so many, a run from a random place on: cheap, and fair over many draws. */
  List<T> sample(int limit, RandomGenerator random) {
    if (elements.size() <= limit) {
      return all();
    }
    int from = random.nextInt(elements.size());
    List<T> drawn = new ArrayList<>(limit);
    for (int i = 0; i < limit; i++) {
      drawn.add(elements.get((from + i) % elements.size()));
    }
    return drawn;
  }
}
