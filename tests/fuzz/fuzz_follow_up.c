/* What follows a message: requests of its dialog, ACK and CANCEL, responses with a Contact, edits,
 * its body as an object. The first byte chooses the transport and the way, the rest is the message.
 * Whatever is made must parse, and read as what was made. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sip/body_type.h>
#include <sip/header_type.h>

#include "message/ident.h"
#include "message/msg_internal.h"
#include "message/print.h"
#include "support/msg_walk.h"

#define ROUTES_BYTES 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the first byte says. */
struct way {
    sip_path path;
    bool answers; /* the dialog is that of who got the message */
    bool compact;
};

struct room {
    sip_str name;
    sip_str params;
};

static const sip_field room_fields[] = {SIP_HEAD(TEXT, 0, struct room, name)};
static const sip_shape room_shape = SIP_SHAPE_HEAD(room_fields);
/* A header that the library does not know. */
static const sip_header_type room_type = {
    .name = "X-Any", .size = sizeof(struct room), .compact = 'z', .shape = &room_shape};

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static struct way way_of(uint8_t byte)
{
    struct way way = {
        .path = {.protocol = (sip_protocol)(SIP_PROTOCOL_UDP + (byte & 7) % 5),
                 .local = {.ip = {192, 0, 2, 1}, .port = 5060, .family = SIP_FAMILY_IP4},
                 .remote = {.ip = {192, 0, 2, 9}, .port = 5090, .family = SIP_FAMILY_IP4}},
        .answers = byte & 32,
        .compact = byte & 64,
    };

    if (byte & 128) {
        way.path.local = (sip_addr){.ip = {0x20, 1, 0xd, 0xb8}, .family = SIP_FAMILY_IP6};
    }
    return way;
}

static void check_and_release(sip_msg *msg)
{
    const sip_msg_limits wide = {
        .message_bytes = 1 << 20, .headers = 4096, .header_bytes = 1 << 20};
    sip_msg *parsed = NULL;

    check(sip_msg_parse(NULL, &wide, sip_msg_bytes(msg), NULL, &parsed, NULL) == 0);
    check(msg_walk(parsed) == msg_walk(msg));
    sip_msg_unref(parsed);
    sip_msg_unref(msg);
}

/* Finish, and send a request as its transport would. */
static void finish(sip_build *build, const struct way *way)
{
    const sip_random *random = sip_random_system();
    char branch[SIP__BRANCH_BYTES];
    sip__ident ident;
    sip__wire wire = {.protocol = way->path.protocol, .sent_by = way->path.local};
    sip_msg *msg = NULL;
    sip_msg *sent = NULL;

    if (sip_build_finish(build, &msg) != 0) {
        return;
    }
    sip__ident_init(&ident, random, 7, 3);
    wire.branch = sip__ident_branch(&ident, branch);
    check(sip__ident_branch_worker(wire.branch) == 3);
    if (way->answers) {
        wire.sent_by_host = SIP_STR("pc.example.com");
    }
    if (sip_msg_is_request(msg) && sip__print_request(msg, &wire, &sent) == 0) {
        sip__msg_set_source(sent, &way->path);
        check(sip_addr_equal(&sip_msg_source(sent)->local, &way->path.local));
        check(!msg->wants_contact || sip_msg_value(sent, SIP_HEADER_CONTACT, 0).ptr != NULL);
        check(sip__ident_branch_worker(sip_msg_via(sent, 0)->branch) == 3);
        check_and_release(sent);
    }
    check_and_release(msg);
}

static sip_str routes_of(const sip_msg *msg, char out[ROUTES_BYTES])
{
    const char separators[] = {',', '\n'};
    size_t len = 0;
    sip_str value;

    for (size_t n = 0; (value = sip_msg_value(msg, SIP_HEADER_RECORD_ROUTE, n)).ptr != NULL; n++) {
        if (value.len + 1 > ROUTES_BYTES - len) {
            break;
        }
        if (value.len > 0) {
            memcpy(out + len, value.ptr, value.len);
        }
        len += value.len;
        out[len++] = separators[n % 2];
    }
    return (sip_str){out, len};
}

/* Each party as it stands, and without a tag. */
static void request_in_dialog(const sip_msg *msg, const struct way *way, const char *method)
{
    const sip_header header[] = {{"X-Any", "a"}, {NULL, NULL}};
    const sip_body body = SIP_BODY_SDP("v=0\r\n");
    const sip_extras extras = {
        .headers = header, .body = &body, .copy_from = msg, .copy = "Subject, X-Any"};
    const sip_header_id local = way->answers ? SIP_HEADER_TO : SIP_HEADER_FROM;
    const sip_header_id remote = way->answers ? SIP_HEADER_FROM : SIP_HEADER_TO;
    const sip_address *contact = sip_msg_address(msg, SIP_HEADER_CONTACT, 0);
    const sip_address *target = contact != NULL ? contact : sip_msg_from(msg);
    char routes[ROUTES_BYTES], tag[SIP_TAG_BYTES];
    sip__ident ident;
    sip_dialog_facts facts = {.call_id = sip_msg_call_id(msg),
                              .local = sip_msg_value(msg, local, 0),
                              .remote = sip_msg_value(msg, remote, 0),
                              .routes = routes_of(msg, routes),
                              .cseq = 4711};
    sip_build *build;

    sip__ident_init(&ident, NULL, 7, 2);
    facts.local_tag = sip__ident_tag(&ident, tag);
    check(sip__ident_tag_worker(7, facts.local_tag) == 2);
    facts.remote_target = target != NULL ? target->uri.text : (sip_str){NULL, 0};
    build = sip_build_in_dialog(NULL, sip_str_of(method), &facts);
    sip_build_compact(build, way->compact);
    sip_build_contact(build, way->answers ? SIP_STR("bob") : (sip_str){NULL, 0},
                      way->answers ? SIP_STR(";a=b") : (sip_str){NULL, 0});
    sip_build_headerf(build, SIP_HEADER_SUBJECT, "%d of %s", 1, method);
    sip_build_copy_typed(build, msg, &room_type);
    sip_build_copy_named(build, msg, SIP_STR("Subject"));
    (void)sip_build_has(build, SIP_HEADER_FROM);
    sip_build_extras(build, &extras);
    finish(build, way);
}

static void follow(const sip_msg *msg)
{
    const sip_header header[] = {{"Reason", "SIP;cause=200"}, {NULL, NULL}};
    const sip_extras extras = {.headers = header};
    sip_msg *made = NULL;
    sip_msg *response = NULL;

    if (!sip_msg_is_request(msg)) {
        return;
    }
    if (sip_cancel_create(msg, &extras, &made) == 0) {
        check(sip_msg_method(made) == SIP_METHOD_CANCEL);
        check_and_release(made);
    }
    made = NULL;
    if (sip_response_create(msg, 486, SIP_STR("t"), NULL, &response) == 0 &&
        sip_ack_create(msg, response, &made) == 0) {
        check(sip_msg_method(made) == SIP_METHOD_ACK);
        check_and_release(made);
    }
    sip_msg_unref(response);
}

static void respond(const sip_msg *msg, const struct way *way)
{
    sip_build *build = sip_build_response(msg, 100, (sip_str){NULL, 0}, (sip_str){NULL, 0});

    sip_build_delay(build, 1250);
    finish(build, way);
    build = sip_build_response(msg, 200, SIP_STR("Fine"), SIP_STR("t"));
    sip_build_contact(build, SIP_STR("alice"), (sip_str){NULL, 0});
    sip_build_copy_from(build, msg, SIP_HEADER_CONTACT, 1);
    finish(build, way);
    sip_build_discard(sip_build_response(msg, 404, (sip_str){NULL, 0}, SIP_STR("t")));
}

/* The lines in the middle change, each header gets something behind it. */
static void edit(const sip_msg *msg, const struct way *way)
{
    sip_edit *edit = sip_edit_create(msg);
    const size_t n = sip_msg_header_lines(msg);
    sip_msg *edited = NULL;

    check(sip_edit_finish(edit, &edited) == 0 && sip_msg_bytes(edited).len > 0);
    sip_msg_unref(edited);
    edited = NULL;
    edit = sip_edit_create(msg);
    if (sip_msg_is_request(msg)) {
        sip_edit_request_uri(edit, SIP_STR("sip:new@example.net?Subject=x"));
    }
    for (size_t i = n / 3; i < n; i += 3) {
        if (sip_msg_header_line(msg, i, NULL, NULL) == SIP_HEADER_OTHER) {
            sip_edit_line(edit, i, way->answers ? (sip_str){NULL, 0} : SIP_STR(" new "));
        }
    }
    sip_edit_append(edit, SIP_HEADER_VIA, SIP_STR("SIP/2.0/UDP h;branch=z9hG4bK0"));
    sip_edit_append_uri(edit, SIP_HEADER_PATH, SIP_STR("sip:path;lr"));
    sip_edit_push(edit, SIP_HEADER_SUBJECT, SIP_STR("one"));
    sip_edit_set(edit, SIP_HEADER_SUBJECT, SIP_STR("two"));
    sip_edit_set(edit, SIP_HEADER_SUBJECT, SIP_STR("three"));
    if (sip_edit_finish(edit, &edited) == 0) {
        check(sip_str_equal(sip_msg_value(edited, SIP_HEADER_SUBJECT, 0), "three"));
        check_and_release(edited);
    }
    edit = sip_edit_create(msg);
    sip_edit_push(edit, SIP_HEADER_SUBJECT, SIP_STR("a\nb"));
    sip_edit_body(edit, NULL);
    edited = NULL;
    check(sip_edit_finish(edit, &edited) == SIP_EINVAL && edited == NULL);
    sip_edit_discard(sip_edit_create(msg));
}

/* A body of an object reads as that of its bytes. */
static void send_object(const sip_msg *msg, const struct way *way)
{
    const sip_body *body = sip_msg_body(msg);
    const sip_body_type *type = NULL;
    sip_body of_object = {.type = {NULL, 0}};
    const void *object = NULL;
    sip_build *build;

    if (body == NULL || sip_body_typed(body, NULL, &type, &object) != 0) {
        return;
    }
    check(!sip_body_is(body, type) || sip_body_as(body, type) == object);
    of_object.type = body->type;
    of_object.codec = &type->codec;
    of_object.object = object;
    check(sip_body_as(&of_object, type) == object);
    build = sip_build_request(NULL, SIP_STR("MESSAGE"), SIP_STR("sip:a@b"));
    sip_build_body(build, &of_object);
    finish(build, way);
}

/* By tight limits, and told to the sender what is understood. */
static void read_limited(const sip_msg *msg)
{
    static const char *const encodings[] = {"gzip", NULL};
    static const char *const languages[] = {"en", "fr", NULL};
    sip_body_counts counts = {0};
    const sip_body_registry registry = {.base = &sip_body_registry_all,
                                        .encodings = encodings,
                                        .languages = languages,
                                        .limits = {.parts = 1, .depth = 100, .headers = 1},
                                        .counts = &counts};
    const sip_body_type *type;
    char text[64];
    void *object;

    if (sip_msg_body(msg) != NULL &&
        sip_body_read(NULL, sip_msg_body(msg), &registry, &type, &object) == 0) {
        check(counts.read >= 1);
        type->free(NULL, object);
    }
    check(sip_body_accept_print(&registry, SIP_HEADER_ACCEPT, NULL, 0) > 0);
    check(sip_body_accept_print(&registry, SIP_HEADER_ACCEPT_ENCODING, text, sizeof text) > 0);
    check(sip_body_accept_print(&registry, SIP_HEADER_ACCEPT_LANGUAGE, text, sizeof text) > 0);
    check(sip_body_accept_print(NULL, SIP_HEADER_ACCEPT_LANGUAGE, text, sizeof text) > 0);
    check(sip_body_accept_print(NULL, SIP_HEADER_VIA, text, sizeof text) == SIP_EINVAL);
}

static void name_hosts(const sip_msg *msg)
{
    const sip_via *via;

    for (size_t n = 0; (via = sip_msg_via(msg, n)) != NULL; n++) {
        sip_addr addr, again;
        char text[SIP_ADDR_TEXT_BYTES];

        (void)sip__ident_branch_worker(via->branch);
        if (sip_addr_parse(via->host, via->port, &addr) == 0) {
            check(sip_addr_parse(sip_str_of(sip_addr_host(&addr, text)), via->port, &again) == 0);
            check(sip_addr_equal(&addr, &again));
            check(strlen(sip_addr_text(&addr, text)) < sizeof text);
            check(!sip_addr_is_any(&addr) || sip_addr_is_any(&again));
        }
    }
}

/* Each breach alone not tolerated: who is strict about all refuses what one of them refuses. */
static void judge(const sip_msg *msg)
{
    const int strict = sip_msg_check(msg, sip_msg_policy_strict(), NULL);

    for (int rule = 0; rule < SIP_RULE_COUNT; rule++) {
        sip_msg_policy policy = *sip_msg_policy_lenient();
        sip_parse_error error;

        if (sip_msg_policy_tolerate(&policy, (sip_rule)rule, false) == 0) {
            check(sip_msg_check(msg, &policy, &error) == 0 || strict != 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct way way = way_of(size > 0 ? data[0] : 0);
    sip_msg *msg = NULL;

    if (size == 0 || sip_msg_parse(NULL, NULL, (sip_str){(const char *)data + 1, size - 1},
                                   &way.path, &msg, NULL) != 0) {
        return 0;
    }
    judge(msg);
    for (size_t n = sip_msg_typed_count(msg, &room_type); n-- > 0;) {
        const struct room *room = sip_msg_typed(msg, &room_type, n);

        check(room == NULL || sip_msg_typed(msg, &room_type, n) == room);
    }
    request_in_dialog(msg, &way, way.answers ? "BYE" : "INVITE");
    follow(msg);
    respond(msg, &way);
    edit(msg, &way);
    send_object(msg, &way);
    read_limited(msg);
    name_hosts(msg);
    sip_msg_unref(msg);
    return 0;
}
