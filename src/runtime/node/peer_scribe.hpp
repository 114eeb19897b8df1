#pragma once

#include "runtime/node/peer_book.hpp"
#include "runtime/node/tls_session.hpp"

#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/scribe.hpp>

#include <memory>

namespace vpaas {

/// What CAF's broker talks to one peer through, once the handshake is done. It
/// looks at what the peer claims before CAF believes it: the size of a message,
/// which process it is, and for whom it speaks. A peer that claims too much is
/// cut off, and the log says why. What its role may not send is answered with
/// an error, and reaches nobody.
/// One whose certificate is revoked is cut off when it says something.
/// @returns null where the peer gets no further connection
caf::io::scribe_ptr
make_peer_scribe(caf::io::network::default_multiplexer& loop,
                 const std::shared_ptr<tls_session>& session,
                 const std::shared_ptr<peer_book>& book,
                 const credentials_ptr& own);

} // namespace vpaas
