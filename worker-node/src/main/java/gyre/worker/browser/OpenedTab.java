package gyre.worker.browser;

/** A tab whose shell is loaded: its window handle, and the public key it made (base64url). */
public record OpenedTab(String handle, String publicKey) {}
