#include "phone/phone.h"

#include "phone/phone_sdp.h"
#include <stdio.h>

static struct call *call_of(dum_invite *inv)
{
    return dum_invite_data(inv);
}

static struct call *enter(struct phone *phone, dum_invite *inv, bool ours)
{
    struct call *call = call_of(inv);

    call->inv = inv;
    call->ours = ours;
    call->local.family = SIP_FAMILY_IP4;
    call->number = ++phone->calls_made;
    sip_list_init(&call->link);
    sip_list_append(&phone->calls, &call->link);
    return call;
}

/* The newest live call that `fits`; NULL: none. */
static struct call *find(const struct phone *phone, bool (*fits)(const struct call *call))
{
    for (sip_list *at = phone->calls.prev; at != &phone->calls; at = at->prev) {
        struct call *call = SIP_CONTAINER_OF(at, struct call, link);

        if (fits(call)) {
            return call;
        }
    }
    return NULL;
}

static bool rings_here(const struct call *call)
{
    return !call->ours && !call->accepted && !call->ended_here;
}

static bool is_connected(const struct call *call)
{
    return call->connected && !call->ended_here;
}

static bool is_not_ended(const struct call *call)
{
    return !call->ended_here;
}

static sip_body sdp_body(const char *text, int len)
{
    return (sip_body){
        .type = SIP_STR("application/sdp"),
        .data = {text, (size_t)len},
    };
}

/* Our end of the way to whom the call is with, where its media is said to be. */
static void set_local(struct call *call, const sip_local *local)
{
    call->local = local->seen.family != SIP_FAMILY_NONE ? local->seen : local->addr;
}

/* Grows with each description, as RFC 3264 8 wants of o='s version. */
static uint64_t next_version(const struct phone *phone)
{
    return sip_worker_now_ms(sip_stack_worker(phone->stack, 0));
}

static void emit_held(struct phone *phone, const struct call *call, bool held, const char *by)
{
    events_emit(&phone->events, held ? EVENT_HELD : EVENT_RESUMED,
                json_pack("{s:i, s:s}", "call", (int)call->number, "by", by), "call %u by %s",
                call->number, by);
}

/* With `accept` the description answers the call, else only the offer. */
static int answer(struct phone *phone, dum_invite *inv, sip_str offer, bool accept,
                  sip_sdp_direction *ret_offered)
{
    char text[DESCRIPTION_BYTES];
    sip_body body;
    int len =
        description_answer(offer, &call_of(inv)->local, next_version(phone), text, ret_offered);

    if (len < 0) {
        return len;
    }
    body = sdp_body(text, len);
    return accept ? dum_invite_accept(inv, &body, NULL) : dum_invite_answer(inv, &body);
}

static int offer(struct phone *phone, dum_invite *inv, bool accept)
{
    char text[DESCRIPTION_BYTES];
    sip_body body;
    int len = description_offer(&call_of(inv)->local, next_version(phone), text);

    if (len < 0) {
        return len;
    }
    body = sdp_body(text, len);
    return accept ? dum_invite_accept(inv, &body, NULL) : dum_invite_offer(inv, &body);
}

/* Answers the call that rings, whether its INVITE had an offer or wants one. */
static int accept_call(struct phone *phone, struct call *call)
{
    const sip_body *offered = sip_msg_body(call->invite);
    sip_sdp_direction direction;
    int err = offered != NULL ? answer(phone, call->inv, offered->data, true, &direction)
                              : offer(phone, call->inv, true);

    if (err == 0) {
        call->accepted = true;
        call->invite = sip_msg_unref(call->invite);
    } else if (err == SIP_EUNSUPPORTED || err == SIP_ESYNTAX) {
        call->ended_here = true;
        dum_invite_end(call->inv, 488, NULL);
    }
    return err;
}

static void on_new_session(dum_invite *inv, const sip_msg *invite, void *user_data)
{
    struct phone *phone = user_data;
    const sip_address *from = sip_msg_from(invite);
    struct call *call;
    sip_local local;

    if (!phone_is_called(phone, invite)) {
        dum_invite_end(inv, 404, NULL); /* never entered: no event tells of it */
        return;
    }
    call = enter(phone, inv, false);
    if (sip_stack_local_for(phone->stack, sip_msg_source(invite), &local) == 0) {
        set_local(call, &local);
    }
    events_emit(
        &phone->events, EVENT_INCOMING,
        json_pack("{s:i, s:o}", "call", (int)call->number, "from", events_text(from->uri.text)),
        "call %u from " SIP_FMT, call->number, SIP_ARG(from->uri.text));
    if (phone->options->answer == ANSWER_REJECT) {
        call->ended_here = true;
        dum_invite_end(inv, phone->options->answer_code, NULL);
        return;
    }
    call->invite = sip_msg_ref(invite);
    dum_invite_provisional(inv, 180, NULL);
    if (phone->options->answer == ANSWER_AUTO) {
        accept_call(phone, call);
    }
}

static void on_provisional(dum_invite *inv, const sip_msg *msg, void *user_data)
{
    struct phone *phone = user_data;
    const struct call *call = call_of(inv);
    int status = sip_msg_status(msg);

    events_emit(&phone->events, status == 180 ? EVENT_RINGING : EVENT_PROGRESS,
                json_pack("{s:i, s:i, s:o, s:b}", "call", (int)call->number, "code", status,
                          "reason", events_text(sip_msg_phrase(msg)), "early_media",
                          sip_msg_body(msg) != NULL),
                "call %u: %d " SIP_FMT, call->number, status, SIP_ARG(sip_msg_phrase(msg)));
}

static void on_offer(dum_invite *inv, const sip_body *offered, void *user_data)
{
    struct phone *phone = user_data;
    struct call *call = call_of(inv);
    sip_sdp_direction direction = SIP_SDP_SENDRECV;
    bool held;

    if (!call->connected && rings_here(call)) {
        return; /* answered by accept_call() when the person does */
    }
    if (answer(phone, inv, offered->data, false, &direction) != 0) {
        dum_invite_reject_offer(inv, 488);
        return;
    }
    held = direction == SIP_SDP_SENDONLY || direction == SIP_SDP_INACTIVE;
    if (call->connected && held != call->held_by_remote) {
        call->held_by_remote = held;
        emit_held(phone, call, held, "remote");
    }
}

static void on_offer_required(dum_invite *inv, const sip_msg *msg, void *user_data)
{
    const struct call *call = call_of(inv);

    (void)msg;
    if (!rings_here(call) && offer(user_data, inv, false) != 0) {
        dum_invite_reject_offer(inv, 488);
    }
}

/* The peer knows by now. */
static void emit_moved(struct phone *phone, const struct call *call)
{
    char room[SIP_ADDR_TEXT_BYTES];
    const char *host = sip_addr_host(&call->local, room);

    events_emit(&phone->events, EVENT_MOVED,
                json_pack("{s:i, s:s}", "call", (int)call->number, "address", host),
                "call %u is at %s", call->number, host);
}

static void on_answer(dum_invite *inv, const sip_body *answered, void *user_data)
{
    struct call *call = call_of(inv);

    (void)answered;
    if (call->holding) {
        call->holding = false;
        emit_held(user_data, call, dum_invite_is_held(inv), "local");
    }
    if (call->moving) {
        call->moving = false;
        emit_moved(user_data, call);
    }
}

static void on_offer_failed(dum_invite *inv, const dum_cause *cause, void *user_data)
{
    struct phone *phone = user_data;
    struct call *call = call_of(inv);

    call->holding = false;
    if (call->moving) {
        call->moving = false;
        (void)phone_refuse(phone, "move", SIP_EIO, "the peer was not told our new address");
        return;
    }
    events_emit(&phone->events, EVENT_HOLD_FAILED, cause_members(cause), "call %u: " SIP_FMT,
                call->number, SIP_ARG(cause->text));
}

static void on_connected(dum_invite *inv, const sip_msg *msg, void *user_data)
{
    struct phone *phone = user_data;
    struct call *call = call_of(inv);
    sip_str remote = dum_invite_remote(inv);

    (void)msg;
    call->connected = true;
    events_emit(&phone->events, EVENT_CONNECTED,
                json_pack("{s:i, s:o}", "call", (int)call->number, "with", events_text(remote)),
                "call %u with " SIP_FMT, call->number, SIP_ARG(remote));
}

static void on_terminated(dum_invite *inv, const dum_cause *cause, void *user_data)
{
    struct phone *phone = user_data;
    struct call *call = call_of(inv);
    json_t *members;

    if (call->inv == NULL) {
        return;
    }
    members = cause_members(cause);
    sip_list_remove(&call->link);
    call->invite = sip_msg_unref(call->invite);
    if (call->ours && !call->connected && !call->ended_here) {
        phone->failed = true;
    }
    json_object_set_new(members, "call", json_integer(call->number));
    events_emit(&phone->events, EVENT_TERMINATED, members, "call %u: " SIP_FMT, call->number,
                SIP_ARG(cause->text));
}

/* The library tells the peer; what we describe from now on is there. */
static void on_address_changed(dum_invite *inv, const sip_local *local, void *user_data)
{
    struct call *call = call_of(inv);

    (void)user_data;
    set_local(call, local);
    call->moving = true;
}

static const dum_invite_handler calls = {
    .data_bytes = sizeof(struct call),
    .on_new_session = on_new_session,
    .on_provisional = on_provisional,
    .on_offer = on_offer,
    .on_answer = on_answer,
    .on_offer_required = on_offer_required,
    .on_offer_failed = on_offer_failed,
    .on_connected = on_connected,
    .on_terminated = on_terminated,
    .on_address_changed = on_address_changed,
};

int calls_attach(struct phone *phone)
{
    return dum_manager_set_invite_handler(phone->dum, &calls, phone);
}

/* As seen by whom a call to `to` goes to first. Without a way there the call itself says so. */
static void find_local(const struct phone *phone, const char *to, struct call *ret_call)
{
    const char *next = phone->options->proxy != NULL ? phone->options->proxy : to;
    sip_address address;
    sip_local local;
    const sip_uri *uri = sip_address_parse(sip_str_of(next), &address) == 0 ? &address.uri : NULL;

    if (sip_stack_local_for_uri(phone->stack, uri, &local) == 0) {
        set_local(ret_call, &local);
    }
}

int calls_begin(struct phone *phone, const char *to)
{
    char text[DESCRIPTION_BYTES];
    struct call planned = {.local.family = SIP_FAMILY_IP4};
    sip_body body;
    dum_invite_config config = {.to = to, .offer = &body};
    dum_invite *inv;
    struct call *call;
    int len, err;

    find_local(phone, to, &planned);
    len = description_offer(&planned.local, next_version(phone), text);
    body = sdp_body(text, len);
    err = len < 0 ? len : dum_invite_create(phone->me, &config, &inv);
    if (err != 0) {
        return phone_refuse(phone, "call", err, NULL);
    }
    call = enter(phone, inv, true);
    call->local = planned.local;
    events_emit(&phone->events, EVENT_CALLING,
                json_pack("{s:i, s:s}", "call", (int)call->number, "to", to), "%s (call %u)", to,
                call->number);
    return 0;
}

int calls_answer(struct phone *phone)
{
    struct call *call = find(phone, rings_here);
    int err;

    if (call == NULL) {
        return phone_refuse(phone, "answer", SIP_ESTATE, "no call rings here");
    }
    err = accept_call(phone, call);
    return err == 0 ? 0 : phone_refuse(phone, "answer", err, NULL);
}

int calls_reject(struct phone *phone, int status)
{
    struct call *call = find(phone, rings_here);
    int err;

    if (call == NULL) {
        return phone_refuse(phone, "reject", SIP_ESTATE, "no call rings here");
    }
    err = dum_invite_end(call->inv, status, NULL);
    call->ended_here = err == 0;
    return err == 0 ? 0 : phone_refuse(phone, "reject", err, NULL);
}

int calls_hold(struct phone *phone, bool hold)
{
    const char *name = hold ? "hold" : "resume";
    struct call *call = find(phone, is_connected);
    int err;

    if (call == NULL) {
        return phone_refuse(phone, name, SIP_ESTATE, "no call is connected");
    }
    if (!dum_invite_is_stable(call->inv)) {
        return SIP_EAGAIN; /* the other's re-INVITE has not had its ACK yet */
    }
    if (dum_invite_is_held(call->inv) == hold) {
        return phone_refuse(phone, name, SIP_ESTATE,
                            hold ? "the call is held already" : "the call is not held");
    }
    err = hold ? dum_invite_hold(call->inv) : dum_invite_resume(call->inv);
    call->holding = err == 0;
    return err == 0 ? 0 : phone_refuse(phone, name, err, NULL);
}

static void hang_up(struct call *call)
{
    call->ended_here = dum_invite_end(call->inv, 0, NULL) == 0 || call->ended_here;
}

int calls_hang_up(struct phone *phone)
{
    struct call *call = find(phone, is_not_ended);

    if (call == NULL) {
        return phone_refuse(phone, "hangup", SIP_ESTATE, "there is no call");
    }
    hang_up(call);
    return 0;
}

void calls_hang_up_all(struct phone *phone)
{
    for (sip_list *at = phone->calls.next; at != &phone->calls; at = at->next) {
        hang_up(SIP_CONTAINER_OF(at, struct call, link));
    }
}

static const char *state_of(const struct call *call)
{
    return call->ended_here  ? "ending"
           : call->connected ? "connected"
           : call->ours      ? "calling"
                             : "incoming";
}

json_t *calls_status(const struct phone *phone, char *out, size_t size)
{
    json_t *list = json_array();
    size_t len =
        (size_t)snprintf(out, size, "%s", sip_list_is_empty(&phone->calls) ? "no call" : "calls:");

    for (const sip_list *at = phone->calls.next; at != &phone->calls; at = at->next) {
        const struct call *call = SIP_CONTAINER_OF(at, struct call, link);
        sip_str with = dum_invite_remote(call->inv);
        bool held = dum_invite_is_held(call->inv);

        json_array_append_new(list,
                              json_pack("{s:i, s:s, s:o, s:b, s:b}", "call", (int)call->number,
                                        "state", state_of(call), "with", events_text(with), "held",
                                        held, "held_by_remote", call->held_by_remote));
        if (len < size) {
            len += (size_t)snprintf(out + len, size - len, " %u %s " SIP_FMT "%s%s", call->number,
                                    state_of(call), SIP_ARG(with), held ? " (held)" : "",
                                    call->held_by_remote ? " (held by the other)" : "");
        }
    }
    return list;
}
