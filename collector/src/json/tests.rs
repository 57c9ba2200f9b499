//! What OTLP/JSON allows and what it does not. The messages are compared with what the binary form decodes to.
