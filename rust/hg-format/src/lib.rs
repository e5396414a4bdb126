//! Codecs between bytes and structs of every on-disk and on-wire format. No files.
