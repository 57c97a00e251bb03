package gyre.wire.vector;

/** MessagePack that is not the protocol's subset; shown with ping, page, prove and relay. */
record BadForms(MustReject cases) {
  void add() {
    cases.reject("client", "nothing at all", "", "no array");
    cases.reject("client", "an empty array", "90", "no tag");
    cases.reject("client", "no array", "0a", "a message is an array");
    cases.reject("client", "a map", "820a0101", "no maps");
    cases.reject("client", "nil", "920ac0", "no nil");
    cases.reject("client", "a negative integer", "920aff", "no negative integers");
    cases.reject("client", "int8", "920ad001", "no signed forms");
    cases.reject("client", "int64", "920ad30000000000000001", "no signed forms");
    cases.reject("client", "float32", "920aca3f800000", "no floats");
    cases.reject("client", "float64", "920acb3ff0000000000000", "no floats");
    cases.reject("client", "fixext1", "920ad40100", "no extension types");
    cases.reject("client", "ext8", "920ac70101ff", "no extension types");
    cases.reject("client", "timestamp", "920ad6ff00000000", "no extension types");
    cases.reject("client", "the byte that is never used", "920ac1", "0xc1 has no meaning");
    cases.reject("client", "a boolean for an integer", "920ac3", "wrong type");
    cases.reject("client", "a string for an integer", "920aa131", "wrong type");
    cases.reject("client", "bytes for a string", "9203c40161", "wrong type");
    cases.reject("client", "a string for bytes", "9202a161", "wrong type");
    cases.reject("client", "127 in uint8", "920acc7f", "not the shortest form");
    cases.reject("client", "255 in uint16", "920acd00ff", "not the shortest form");
    cases.reject("client", "65535 in uint32", "920ace0000ffff", "not the shortest form");
    cases.reject("client", "2^32-1 in uint64", "920acf00000000ffffffff", "not the shortest form");
    cases.reject("client", "2^53", "920acf0020000000000000", "past 2^53-1");
    cases.reject("client", "2^64-1", "920acfffffffffffffffff", "past 2^53-1");
    cases.reject("client", "array16 of two", "dc00020a01", "not the shortest form");
    cases.reject("client", "array32 of two", "dd000000020a01", "not the shortest form");
    cases.reject("client", "str8 of one", "9203d90161", "not the shortest form");
    cases.reject("client", "str16 of one", "9203da000161", "not the shortest form");
    cases.reject("client", "str32 of one", "9203db0000000161", "not the shortest form");
    cases.reject(
        "client", "bin16 of one", "9302c5000101", "not the shortest form, and wrong arity");
    cases.reject("client", "a relay in bin16", relayHead() + "c5000101", "not the shortest form");
    cases.reject(
        "client", "a relay in bin32", relayHead() + "c60000000101", "not the shortest form");
    cases.reject("client", "a tag in uint8", "92cc0a01", "not the shortest form");
    cases.reject("client", "cut inside an integer", "920acd01", "ends too early");
    cases.reject("client", "cut before a field", "920a", "ends too early");
    cases.reject("client", "cut inside a string", "9203a56162", "ends too early");
    cases.reject("client", "cut inside bytes", relayHead() + "c4050102", "ends too early");
    cases.reject("client", "bytes after the message", "920a0100", "trailing bytes");
    cases.reject("client", "too few fields", "910a", "wrong arity");
    cases.reject("client", "too many fields", "930a0101", "wrong arity");
    cases.reject("client", "a string of 2^32-1 bytes", "9203dbffffffff61", "declared, not there");
    cases.reject("client", "bytes of 2^32-1", relayHead() + "c6ffffffff01", "declared, not there");
    cases.reject("client", "an array of 2^32-1", "9209ddffffffff", "declared, not there");
    cases.reject("client", "a message of 2^32-1 fields", "ddffffffff0a01", "declared, not there");
    cases.reject("client", "UTF-8: a lone byte", "9203a180", "not UTF-8");
    cases.reject("client", "UTF-8: cut short", "9203a2e282", "not UTF-8");
    cases.reject("client", "UTF-8: overlong", "9203a2c080", "not UTF-8");
    cases.reject("client", "UTF-8: a surrogate", "9203a3eda080", "not UTF-8");
    cases.reject("client", "UTF-8: past U+10FFFF", "9203a4f4908080", "not UTF-8");
  }

  static String relayHead() {
    return Raw.array(3).uint(8).text(Samples.BOB.text()).toHex();
  }
}
