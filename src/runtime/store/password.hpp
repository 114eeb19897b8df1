#pragma once

#include <caf/expected.hpp>

#include <string>

namespace vpaas {

/// What a password is checked against: Argon2id with a salt of its own, 64 MiB
/// and about 0.1 s. Blocks. @returns ec::overload where there is no memory
caf::expected<std::string> hash_password(const std::string& password);

/// Whether this is the password; takes as long for one that it is not. Blocks.
bool is_password(const std::string& hash, const std::string& password);

/// Whether it may become one: 12 to 128 characters (ASVS 2.1.1, 2.1.2), and
/// more than a few different ones. @returns ec::bad_input
caf::error check_new_password(const std::string& password);

/// 256 random bits for who has proved himself, as 43 letters that may stand in
/// a header.
std::string random_token();

/// A password for people to type once: 100 random bits, 20 letters.
std::string random_password();

/// Under which a token is kept: who reads the database cannot use it.
std::string digest_of(const std::string& token);

/// Whether two texts are the same, in a time that tells nothing of where they
/// differ.
bool same_secret(const std::string& a, const std::string& b);

} // namespace vpaas
