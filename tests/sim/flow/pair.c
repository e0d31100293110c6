#include "pair.h"

#include <stdio.h>
#include <string.h>

const sip_body pair_media = SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                                         "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                         "m=audio 40000 RTP/AVP 0\r\n");
const sip_body pair_media2 = SIP_BODY_SDP("v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\n"
                                          "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                          "m=audio 40002 RTP/AVP 8\r\n");
const sip_body pair_two = SIP_BODY_SDP("v=0\r\no=- 1 3 IN IP4 192.0.2.1\r\ns=-\r\n"
                                       "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                       "m=audio 40000 RTP/AVP 0\r\nm=video 40010 RTP/AVP 31\r\n");

static void note(ua_side *side, dum_invite *inv, happening what, const char *text)
{
    char *log = side->pair->log;
    size_t len = strlen(log), size = sizeof side->pair->log;

    snprintf(log + len, size - len, "%s%s %s", len > 0 ? ", " : "", side->name, text);
    side->count[what]++;
    side->call = inv;
    if (side->act[what] != NULL) {
        side->act[what](side, inv);
    }
    if (what == ON_TERMINATED && side->call == inv) {
        side->call = NULL;
    }
}

static void on_new_session(dum_invite *inv, const sip_msg *invite, void *ud)
{
    assert_non_null(invite);
    note(ud, inv, ON_NEW, "new");
}

static void on_forked(dum_invite *inv, dum_invite *fork, void *ud)
{
    char text[40];

    assert_ptr_not_equal(inv, fork);
    snprintf(text, sizeof text, "forked %u", dum_invite_fork_index(fork));
    note(ud, fork, ON_FORKED, text);
}

static void on_provisional(dum_invite *inv, const sip_msg *msg, void *ud)
{
    char text[40];

    snprintf(text, sizeof text, "%d", sip_msg_status(msg));
    note(ud, inv, ON_PROVISIONAL, text);
}

static void on_offer(dum_invite *inv, const sip_body *offer, void *ud)
{
    assert_true(offer->data.len > 0);
    note(ud, inv, ON_OFFER, "offer");
}

static void on_answer(dum_invite *inv, const sip_body *answer, void *ud)
{
    assert_true(answer->data.len > 0);
    note(ud, inv, ON_ANSWER, "answer");
}

static void on_offer_required(dum_invite *inv, const sip_msg *msg, void *ud)
{
    assert_non_null(msg);
    note(ud, inv, ON_OFFER_REQUIRED, "asked");
}

static void on_offer_failed(dum_invite *inv, const dum_cause *cause, void *ud)
{
    char text[40];

    snprintf(text, sizeof text, "failed %d", cause->status);
    note(ud, inv, ON_OFFER_FAILED, text);
}

static void on_connected(dum_invite *inv, const sip_msg *msg, void *ud)
{
    assert_non_null(msg);
    note(ud, inv, ON_CONNECTED, "connected");
}

static void on_terminated(dum_invite *inv, const dum_cause *cause, void *ud)
{
    ua_side *side = ud;

    assert_true(cause->text.len > 0);
    assert_int_equal(dum_invite_end(inv, 0, NULL), SIP_ESTATE);
    side->why = cause->why;
    (void)snprintf(side->text, sizeof side->text, SIP_FMT, SIP_ARG(cause->text));
    side->status = cause->status;
    note(ud, inv, ON_TERMINATED, "over");
}

static void on_address_changed(dum_invite *inv, const sip_local *local, void *ud)
{
    char text[sizeof local->host + 10];

    snprintf(text, sizeof text, "address %s", local->host);
    note(ud, inv, ON_ADDRESS_CHANGED, text);
}

static const dum_invite_handler told = {
    .on_new_session = on_new_session,
    .on_provisional = on_provisional,
    .on_answer = on_answer,
    .on_offer_failed = on_offer_failed,
    .on_connected = on_connected,
    .on_terminated = on_terminated,
    .on_address_changed = on_address_changed,
};

static const dum_invite_handler full = {
    .data_bytes = 16,
    .on_new_session = on_new_session,
    .on_forked = on_forked,
    .on_provisional = on_provisional,
    .on_offer = on_offer,
    .on_answer = on_answer,
    .on_offer_required = on_offer_required,
    .on_offer_failed = on_offer_failed,
    .on_connected = on_connected,
    .on_terminated = on_terminated,
};

static const dum_invite_handler lean = {
    .on_new_session = on_new_session,
    .on_provisional = on_provisional,
    .on_answer = on_answer,
    .on_offer_failed = on_offer_failed,
    .on_connected = on_connected,
    .on_terminated = on_terminated,
};

static void tap(const sip_trace_event *event, void *user_data)
{
    ua_side *side = user_data;
    size_t len = event->bytes.len < 1499 ? event->bytes.len : 1499;

    if (!event->sent) {
        memcpy(side->received, event->bytes.ptr, len);
        side->received[len] = '\0';
    } else if (!event->repeated && side->n_sent < 40) {
        memcpy(side->sent[side->n_sent], event->bytes.ptr, len);
        side->sent[side->n_sent++][len] = '\0';
    }
}

static void open_side(ua_pair *pair, ua_side *side, const char *name,
                      const dum_profile_config *profile, const dum_invite_handler *handler)
{
    side->pair = pair;
    side->name = name;
    assert_int_equal(sip_sim_add_host(pair->sim, name, NULL, &side->stack), 0);
    assert_int_equal(dum_manager_create(side->stack, NULL, &side->dum), 0);
    assert_int_equal(dum_profile_create(side->dum, profile, &side->profile), 0);
    assert_int_equal(dum_manager_set_invite_handler(side->dum, handler, side), 0);
    sip_stack_set_tap(side->stack, tap, side);
}

void pair_open_with(ua_pair *pair, unsigned flags, const sip_sim_config *net,
                    const dum_profile_config *alice, const dum_profile_config *bob)
{
    const sip_sim_config perfect = {.seed = 1, .delay_ms = 10};
    const dum_profile_config a = {.aor = "sip:alice@alice"}, b = {.aor = "sip:bob@bob"};

    memset(pair, 0, sizeof *pair);
    assert_int_equal(sip_sim_create(net != NULL ? net : &perfect, &pair->sim), 0);
    open_side(pair, &pair->alice, "alice", alice != NULL ? alice : &a,
              (flags & PAIR_ALICE_TOLD) != 0   ? &told
              : (flags & PAIR_ALICE_LEAN) != 0 ? &lean
                                               : &full);
    open_side(pair, &pair->bob, "bob", bob != NULL ? bob : &b,
              (flags & PAIR_BOB_LEAN) != 0 ? &lean : &full);
}

void pair_open(ua_pair *pair, unsigned flags)
{
    pair_open_with(pair, flags, NULL, NULL, NULL);
}

void pair_close(ua_pair *pair)
{
    pair_settle(pair);
    assert_int_equal(sip_sim_live_objects(pair->sim), 0);
    assert_int_equal(dum_manager_usages(pair->alice.dum), 0);
    assert_int_equal(dum_manager_usages(pair->bob.dum), 0);
    pair_destroy(pair);
}

void pair_destroy(ua_pair *pair)
{
    sip_sim_destroy(pair->sim);
    pair->sim = NULL;
}

void pair_call(ua_pair *pair, const sip_body *offer)
{
    const dum_invite_config call = {.to = "sip:bob@bob", .offer = offer};

    assert_int_equal(dum_invite_create(pair->alice.profile, &call, &pair->alice.call), 0);
}

void pair_run(ua_pair *pair, uint32_t ms)
{
    sip_sim_run(pair->sim, ms);
}

void pair_settle(ua_pair *pair)
{
    assert_int_equal(sip_sim_settle(pair->sim, 400000), 0);
}

void pair_ladder(ua_pair *pair, const char *expected)
{
    const char *diff = sip_sim_ladder_diff(pair->sim, SIP_LADDER_NO_REPEATS, expected);

    if (diff != NULL) {
        print_error("%s\nlog: %s\n", diff, pair->log);
    }
    assert_null(diff);
}

void pair_log(ua_pair *pair, const char *expected)
{
    assert_string_equal(pair->log, expected);
    pair->log[0] = '\0';
}

void pair_connect(ua_pair *pair)
{
    pair->bob.act[ON_NEW] = do_accept;
    pair_call(pair, &pair_media);
    pair_run(pair, 200);
    pair_log(pair, "bob new, alice 180, alice answer, alice connected, bob connected");
    assert_true(dum_invite_is_stable(pair->alice.call));
    assert_true(dum_invite_is_stable(pair->bob.call));
}

void do_accept(ua_side *side, dum_invite *inv)
{
    (void)side;
    assert_int_equal(dum_invite_provisional(inv, 180, NULL), 0);
    assert_int_equal(dum_invite_accept(inv, &pair_media, NULL), 0);
}

void do_ring(ua_side *side, dum_invite *inv)
{
    (void)side;
    assert_int_equal(dum_invite_provisional(inv, 180, NULL), 0);
}

void do_answer(ua_side *side, dum_invite *inv)
{
    (void)side;
    assert_int_equal(dum_invite_answer(inv, &pair_media), 0);
}

void do_offer(ua_side *side, dum_invite *inv)
{
    (void)side;
    assert_int_equal(dum_invite_offer(inv, &pair_media), 0);
}

void do_end(ua_side *side, dum_invite *inv)
{
    (void)side;
    dum_invite_end(inv, 0, NULL);
}

void do_nothing(ua_side *side, dum_invite *inv)
{
    (void)side;
    (void)inv;
}

void pair_response(const char *request, int status, const char *tag, const char *contact,
                   const char *routes, const sip_body *body, char out[2000])
{
    sip_msg *msg, *response;
    sip_build *build;
    sip_str bytes;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(request), NULL, &msg, NULL), 0);
    build = sip_build_response(msg, status, (sip_str){0}, sip_str_of(tag));
    if (contact != NULL) {
        sip_build_headerf(build, SIP_HEADER_CONTACT, "<%s>", contact);
    }
    if (routes != NULL) {
        sip_build_header(build, SIP_HEADER_RECORD_ROUTE, sip_str_of(routes));
    }
    sip_build_body(build, body);
    assert_int_equal(sip_build_finish(build, &response), 0);
    bytes = sip_msg_bytes(response);
    assert_true(bytes.len < 2000);
    memcpy(out, bytes.ptr, bytes.len);
    out[bytes.len] = '\0';
    sip_msg_unref(response);
    sip_msg_unref(msg);
}

void pair_inject(ua_pair *pair, const char *to, const char *bytes)
{
    sip_addr from;

    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.99"), 5060, &from), 0);
    assert_int_equal(sip_sim_inject(pair->sim, &from, to, sip_str_of(bytes)), 0);
}
