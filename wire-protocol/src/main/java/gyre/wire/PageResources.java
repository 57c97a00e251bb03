package gyre.wire;

import java.util.List;

/**
 * The resources that a page has asked for, as origin-proxy learned them. Both are resources
 * (PROTOCOL.md, section 1).
 */
public record PageResources(String page, List<String> resources) {
  public PageResources {
    Limits.text("page", page, Limits.RESOURCE);
    resources = List.copyOf(resources);
    Limits.within("resources of a page", resources.size(), Limits.PAGE_RESOURCES);
    resources.forEach(resource -> Limits.text("resource", resource, Limits.RESOURCE));
  }
}
