#pragma once

// What the system can say: the types that cross nodes, the atoms, and the
// interface of every actor that another room or node addresses.

#include "messages/bulk.hpp"
#include "messages/errand.hpp"
#include "messages/item.hpp"
#include "messages/pool.hpp"
#include "messages/spool.hpp"
#include "messages/status.hpp"
#include "messages/vision.hpp"
#include "runtime/child_spec.hpp"
#include "runtime/error.hpp"
#include "runtime/event.hpp"
#include "runtime/function_spec.hpp"
#include "runtime/media/chunk.hpp"
#include "runtime/media/picture.hpp"
#include "runtime/media/segment.hpp"
#include "runtime/result.hpp"
#include "runtime/vision/box.hpp"

#include <caf/all.hpp>

// Every type that may cross a node, in the order of its id: append only.
#define VPAAS_MESSAGE_TYPES(X)                                                 \
  X(vpaas::blob)                                                               \
  X(vpaas::document)                                                           \
  X(vpaas::box)                                                                \
  X(vpaas::parameter_spec)                                                     \
  X(vpaas::function_spec)                                                      \
  X(vpaas::strategy)                                                           \
  X(vpaas::restart_type)                                                       \
  X(vpaas::supervision)                                                        \
  X(vpaas::child_spec)                                                         \
  X(vpaas::status_report)                                                      \
  X(vpaas::node_info)                                                          \
  X(vpaas::tree_entry)                                                         \
  X(vpaas::transfer_key)                                                       \
  X(vpaas::transfer_offer)                                                     \
  X(vpaas::transfer_slice)                                                     \
  X(vpaas::delivery)                                                           \
  X(vpaas::item)                                                               \
  X(vpaas::overflow)                                                           \
  X(vpaas::job)                                                                \
  X(vpaas::detection)                                                          \
  X(vpaas::region)                                                             \
  X(vpaas::naming)                                                             \
  X(vpaas::one_vs_all)                                                         \
  X(vpaas::frame_detections)                                                   \
  X(vpaas::detections)                                                         \
  X(vpaas::namings)                                                            \
  X(vpaas::codec_parameters)                                                   \
  X(vpaas::packet)                                                             \
  X(vpaas::segment)                                                            \
  X(vpaas::segment_key)                                                        \
  X(vpaas::coded_frame)                                                        \
  X(vpaas::chunk)                                                              \
  X(vpaas::chunks)                                                             \
  X(vpaas::picture)                                                            \
  X(vpaas::frame_answer)                                                       \
  X(vpaas::chunk_answer)                                                       \
  X(vpaas::named_by)                                                           \
  X(vpaas::found_object)                                                       \
  X(vpaas::frame_result)                                                       \
  X(vpaas::result_query)                                                       \
  X(vpaas::spooled_segment)                                                    \
  X(vpaas::spool_position)                                                     \
  X(vpaas::spool_content)                                                      \
  X(vpaas::auto_shutdown)                                                      \
  X(vpaas::event)                                                              \
  X(vpaas::event_query)                                                        \
  X(vpaas::errand_step)                                                        \
  X(vpaas::errand_call)

#define VPAAS_ADD_TYPE(T) CAF_ADD_TYPE_ID(vpaas, (T))

CAF_BEGIN_TYPE_ID_BLOCK(vpaas, caf::first_custom_type_id)

VPAAS_MESSAGE_TYPES(VPAAS_ADD_TYPE)

CAF_ADD_ATOM(vpaas, vpaas, status_atom, "status")
CAF_ADD_ATOM(vpaas, vpaas, ready_atom, "ready")
CAF_ADD_ATOM(vpaas, vpaas, tree_atom, "tree")
CAF_ADD_ATOM(vpaas, vpaas, stop_atom, "stop")
CAF_ADD_ATOM(vpaas, vpaas, start_atom, "start")
CAF_ADD_ATOM(vpaas, vpaas, remove_atom, "remove")
CAF_ADD_ATOM(vpaas, vpaas, enter_atom, "enter")
CAF_ADD_ATOM(vpaas, vpaas, resolve_atom, "resolve")
CAF_ADD_ATOM(vpaas, vpaas, hello_atom, "hello")
CAF_ADD_ATOM(vpaas, vpaas, beat_atom, "beat")
CAF_ADD_ATOM(vpaas, vpaas, nodes_atom, "nodes")
CAF_ADD_ATOM(vpaas, vpaas, call_atom, "call")
CAF_ADD_ATOM(vpaas, vpaas, watch_atom, "watch")
CAF_ADD_ATOM(vpaas, vpaas, up_atom, "up")
CAF_ADD_ATOM(vpaas, vpaas, down_atom, "down")
CAF_ADD_ATOM(vpaas, vpaas, probe_atom, "probe")
CAF_ADD_ATOM(vpaas, vpaas, transfer_atom, "transfer")
CAF_ADD_ATOM(vpaas, vpaas, cancel_atom, "cancel")
CAF_ADD_ATOM(vpaas, vpaas, offer_atom, "offer")
CAF_ADD_ATOM(vpaas, vpaas, slice_atom, "slice")
CAF_ADD_ATOM(vpaas, vpaas, deliver_atom, "deliver")
CAF_ADD_ATOM(vpaas, vpaas, apply_atom, "apply")
CAF_ADD_ATOM(vpaas, vpaas, configure_atom, "configure")
CAF_ADD_ATOM(vpaas, vpaas, describe_atom, "describe")
CAF_ADD_ATOM(vpaas, vpaas, submit_atom, "submit")
CAF_ADD_ATOM(vpaas, vpaas, canary_atom, "canary")
CAF_ADD_ATOM(vpaas, vpaas, due_atom, "due")
CAF_ADD_ATOM(vpaas, vpaas, next_atom, "next")
CAF_ADD_ATOM(vpaas, vpaas, read_atom, "read")
CAF_ADD_ATOM(vpaas, vpaas, fetch_atom, "fetch")
CAF_ADD_ATOM(vpaas, vpaas, release_atom, "release")
CAF_ADD_ATOM(vpaas, vpaas, publish_atom, "publish")
CAF_ADD_ATOM(vpaas, vpaas, subscribe_atom, "subscribe")
CAF_ADD_ATOM(vpaas, vpaas, result_atom, "result")
CAF_ADD_ATOM(vpaas, vpaas, record_atom, "record")
CAF_ADD_ATOM(vpaas, vpaas, find_atom, "find")
CAF_ADD_ATOM(vpaas, vpaas, keep_atom, "keep")
CAF_ADD_ATOM(vpaas, vpaas, open_atom, "open")
CAF_ADD_ATOM(vpaas, vpaas, lost_atom, "lost")
CAF_ADD_ATOM(vpaas, vpaas, last_atom, "last")

CAF_END_TYPE_ID_BLOCK(vpaas)

namespace vpaas {

/// Every long-lived actor can be looked into and says when it can be used.
using observable_actor
  = caf::typed_actor< // Answers at once from the actor's own state, in the
                      // order of its mailbox: who watches it takes that for
                      // life.
    caf::replies_to<status_atom>::with<status_report>,
    // Answers when the actor is ready; an error or its death
    // is a failed start.
    caf::reacts_to<ready_atom>>;

/// A FUNCTION: one kind of item in, one kind out. Its errors are values of
/// `ec`; an error of CAF's own means that the actor is broken.
using function_actor = observable_actor::extend<
  // Answers the result, or an error; the actor lives on.
  caf::replies_to<apply_atom, item>::with<item>,
  // The same under options that hold for this item alone.
  caf::replies_to<apply_atom, item, document>::with<item>,
  // Changes parameters while running; answers all of them, checked.
  caf::replies_to<configure_atom, document>::with<document>,
  caf::replies_to<describe_atom>::with<function_spec>>;

/// A SUPERVISOR: starts, watches, restarts and stops its children.
using supervisor_actor = observable_actor::extend<
  // Itself and all below it, parents before children.
  caf::replies_to<tree_atom>::with<std::vector<tree_entry>>,
  // Adds a child at the end and answers it when it is ready; no actor where
  // its kind has nothing to do.
  caf::replies_to<start_atom, child_spec>::with<caf::actor>,
  // Stops and forgets a child.
  caf::reacts_to<remove_atom, std::string>,
  // Stops a child and keeps its place; starts one again that has stopped, and
  // answers it when it is ready.
  caf::reacts_to<stop_atom, std::string>,
  caf::replies_to<start_atom, std::string>::with<caf::actor>,
  // Stops all children in reverse order, then answers and ends.
  caf::reacts_to<stop_atom>>;

/// The NODE: the one actor that a node publishes. Keeps the directory of
/// logical names and relays to what they stand for.
using node_actor = observable_actor::extend<
  // Introduces the sender's node (an empty name: only looking) and answers who
  // this is.
  caf::replies_to<hello_atom, node_info, caf::actor>::with<node_info>,
  // A heartbeat.
  caf::reacts_to<beat_atom>,
  // The nodes that this one knows, itself first.
  caf::replies_to<nodes_atom>::with<std::vector<node_info>>,
  // The node actor of a node that joined.
  caf::replies_to<resolve_atom, node_info>::with<caf::actor>,
  // The actor with this logical name; not to be kept past its `down`.
  caf::replies_to<resolve_atom, std::string>::with<caf::actor>,
  // Lets the function with this logical name apply itself to the item.
  caf::replies_to<call_atom, std::string, item>::with<item>,
  caf::replies_to<tree_atom>::with<std::vector<tree_entry>>,
  // The status of the actor with this logical name.
  caf::replies_to<status_atom, std::string>::with<status_report>,
  // Starts an actor of this node's table on the node that the specification
  // names, under this logical name; it ends when its owner does. What is wrong
  // with the specification stands in the error.
  caf::replies_to<start_atom, child_spec, std::string,
                  caf::actor>::with<caf::actor>,
  // LOCAL: the node is published, as this says; starts the tree.
  caf::reacts_to<start_atom, node_info>,
  // LOCAL: puts a name into the directory, or takes it out if it still stands
  // for this actor.
  caf::reacts_to<enter_atom, std::string, caf::actor>,
  caf::reacts_to<remove_atom, std::string, caf::actor>,
  // LOCAL: stops the tree in order, then answers and ends.
  caf::reacts_to<stop_atom>>;

/// A LINK to one remote node: knows whether it is there, and answers
/// `cloud_down` to whatever is in flight when it is not.
using link_actor = observable_actor::extend<
  // Lets the function with this logical name on the remote node apply itself
  // to the item: `cloud_down` when the link is not up or drops, `deadline`
  // after the given time.
  caf::replies_to<call_atom, std::string, item, caf::timespan>::with<item>,
  // Transfers a blob to a logical name of the remote node, which gets it as
  // `deliver_atom, delivery`; answers when it was delivered. Goes on by itself
  // after an outage, until the given time is over (`deadline`). The link fills
  // in the size and the checksum of the offer.
  caf::reacts_to<transfer_atom, transfer_offer, blob, caf::timespan>,
  // Withdraws a transfer: its sender gets `cancelled`.
  caf::reacts_to<cancel_atom, transfer_key>,
  // From now on the sender gets `up_atom, node_info, epoch` and
  // `down_atom, epoch`, now and at each change.
  caf::reacts_to<watch_atom, caf::actor>>;

/// The BULK RECEIVER of a node: puts slices together again.
using receiver_actor = observable_actor::extend<
  // Answers from which byte on to send. Where all are here: answers them all
  // once the target has the blob, or why it has not.
  caf::replies_to<offer_atom, transfer_offer>::with<uint64_t>,
  // Answers how many bytes have arrived in order.
  caf::replies_to<slice_atom, transfer_slice>::with<uint64_t>,
  caf::reacts_to<cancel_atom, transfer_key>>;

/// A POOL of workers behind one bounded queue, from which they pull.
using pool_actor = observable_actor::extend<
  // Answers what a worker made of the item, or the worker's error; `overload`
  // or `deadline` where none took it.
  caf::replies_to<submit_atom, job>::with<item>,
  // Takes back the jobs of this stream that no worker has: `cancelled`.
  caf::reacts_to<cancel_atom, std::string>>;

/// A CAMERA: hands on the compressed segments of its source, each when the
/// receiver asks for it.
using camera_actor = observable_actor::extend<
  // Acknowledges what arrived and answers the next part, when there is one:
  // `cancelled` where another request took this one's place, `not_found` at the
  // end of the source.
  caf::replies_to<next_atom, segment_key>::with<segment>>;

/// The DECODER of one stream: segments in, keyframes out, held until they are
/// released.
using decoder_actor = function_actor::extend<
  // A keyframe that was not released, its pixels made again if need be.
  caf::replies_to<fetch_atom, uint64_t>::with<item>,
  // The keyframes of a segment, given all of its parts; apart from the stream.
  caf::replies_to<fetch_atom, std::vector<segment>>::with<item>,
  // Forgets keyframes up to and including this number.
  caf::reacts_to<release_atom, uint64_t>>;

/// The LOAD BALANCER of a cloud node: parts of chunks in, answers out. A part
/// whose bytes are too many for one message comes without them; they come as a
/// delivery, before or after it, under the key that `bytes_key` makes.
using runner_actor = function_actor::extend<
  // The bytes of a part that came, or will come, without them.
  caf::reacts_to<deliver_atom, delivery>>;

/// The COORDINATOR of one stream: takes each chunk through the pipeline that
/// the stream's policy chooses.
using coordinator_actor = observable_actor::extend<
  // Changes parameters while running; answers all of them, checked.
  caf::replies_to<configure_atom, document>::with<document>>;

/// The LEDGER: one result for each keyframe, on disk.
using ledger_actor = observable_actor::extend<
  // Keeps results; answers how many of them were not known before.
  caf::replies_to<record_atom, std::vector<frame_result>>::with<uint64_t>,
  caf::replies_to<find_atom, result_query>::with<std::vector<frame_result>>,
  // The number after the greatest that is known of this stream; 0: none is.
  caf::replies_to<last_atom, std::string>::with<uint64_t>>;

/// The EVENTS of a node: what users' functions raised, once each, on disk.
using events_actor = observable_actor::extend<
  // Answers when they are on disk.
  caf::reacts_to<publish_atom, std::vector<event>>,
  caf::replies_to<find_atom, event_query>::with<std::vector<event>>>;

/// RESULTS of a node: from coordinators to the ledger and to subscribers.
using results_actor = observable_actor::extend<
  // Answers when the results are on disk (or at once, without a ledger).
  caf::reacts_to<publish_atom, std::vector<frame_result>>,
  // From now on the sender's actor gets requests `result_atom, vector of
  // frame_result`, one at a time; it answers when it can take more. What it is
  // too slow for is dropped, oldest first, counted. Only results of this
  // stream; empty: of all.
  caf::reacts_to<subscribe_atom, std::string, caf::actor>,
  caf::replies_to<find_atom, result_query>::with<std::vector<frame_result>>,
  // As of the ledger; 0 without one.
  caf::replies_to<last_atom, std::string>::with<uint64_t>>;

/// The CHUNK SPOOL of a fog: compressed segments on disk until their keyframes
/// are answered, bounded by bytes and age; the oldest go first.
using spool_actor = observable_actor::extend<
  // From now on this actor owns the stream: it gets `lost_atom, number, reason`
  // for each segment that is given up, by reason "spool_bytes", "spool_age" or
  // "damaged". Answers what is there from before; what was lost before comes
  // right after the answer.
  caf::replies_to<open_atom, std::string, caf::actor>::with<spool_content>,
  // Keeps a part, known by (`stream`, `number`, `part`), and how far the stream
  // was taken with it; answers when a death of this process cannot take it any
  // more. Keeping the same again is harmless; `not_found` where the part before
  // it is not there, `io` where the disk fails now: ask again later.
  caf::reacts_to<keep_atom, segment, spool_position>,
  // The parts of a segment, in order; `not_found` where it was given up,
  // `bad_input` where it is damaged, and given up now; `io` where it cannot be
  // read now: nothing is lost, ask again later.
  caf::replies_to<fetch_atom, std::string,
                  uint64_t>::with<std::vector<segment>>,
  // Forgets a segment.
  caf::reacts_to<release_atom, std::string, uint64_t>,
  // Forgets a stream and all video of it: it was removed.
  caf::reacts_to<remove_atom, std::string>>;

/// Nodes whose messages differ must not talk: count up when one changes.
constexpr const char* wire_format = "vpaas-6";

/// Logical names of the actors that every node has.
constexpr const char* receiver_name = "bulk_receiver";

} // namespace vpaas
