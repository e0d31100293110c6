/* Parses any bytes as a message, reads all that it can be asked, answers it and sends it on; what
 * was built must parse again to the same values. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sip/build.h>

#include "message/print.h"
#include "parser/scan.h"
#include "support/msg_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_and_release(sip_msg *msg)
{
    const sip_msg_limits wide = {
        .message_bytes = 1 << 20, .headers = 4096, .header_bytes = 1 << 20};
    sip_msg *parsed = NULL;

    if (sip_msg_parse(NULL, &wide, sip_msg_bytes(msg), NULL, &parsed, NULL) != 0 ||
        msg_walk(parsed) != msg_walk(msg)) {
        abort();
    }
    sip_msg_unref(parsed);
    sip_msg_unref(msg);
}

static void respond(const sip_msg *msg)
{
    const sip_extras extras = {.copy_from = msg, .copy = "Reason,Subject,X"};
    sip_msg *response = NULL;

    if (sip_response_create(msg, 200, SIP_STR("t"), &extras, &response) == 0) {
        check_and_release(response);
    }
}

/* As a proxy does: one Route value less, and our Via on top. */
static void forward(const sip_msg *msg)
{
    static const sip_header_id except[] = {SIP_HEADER_ROUTE};
    sip__wire wire = {.protocol = SIP_PROTOCOL_UDP,
                      .sent_by = {.ip = {192, 0, 2, 1}, .port = 5060, .family = SIP_FAMILY_IP4},
                      .branch = SIP_STR_INIT("z9hG4bKp")};
    sip_build *build = sip_build_from(msg, (sip_str){NULL, 0});
    sip_msg *copy = NULL;
    sip_msg *sent = NULL;

    sip_build_copy_from(build, msg, SIP_HEADER_ROUTE, 1);
    sip_build_copy_others(build, msg, except, 1);
    sip_build_copy_body(build, msg);
    if (sip_build_finish(build, &copy) != 0) {
        return;
    }
    if (sip__print_request(copy, &wire, &sent) == 0) {
        check_and_release(sent);
    }
    check_and_release(copy);
}

/* An edit's result reads as a new parse of its bytes. */
static void edit(const sip_msg *msg, bool with_body)
{
    const sip_body body = SIP_BODY_SDP("v=0\r\n");
    sip_edit *edit = sip_edit_create(msg);
    sip_msg *edited = NULL;

    sip_edit_received(edit);
    sip_edit_push(edit, SIP_HEADER_RECORD_ROUTE, SIP_STR("<sip:p;lr>"));
    sip_edit_set(edit, SIP_HEADER_MAX_FORWARDS, SIP_STR("69"));
    sip_edit_remove_values(edit, SIP_HEADER_ROUTE, 1);
    sip_edit_remove(edit, SIP_HEADER_SUBJECT);
    if (with_body) {
        sip_edit_body(edit, &body);
    }
    if (sip_edit_finish(edit, &edited) == 0) {
        check_and_release(edited);
    }
}

/* The request that the Request-URI asks for. */
static void from_uri(const sip_msg *msg)
{
    sip_msg *request = NULL;

    if (sip_build_finish(
            sip_build_request_from_uri(NULL, SIP_STR("INVITE"), sip_msg_request_uri(msg), NULL),
            &request) == 0) {
        check_and_release(request);
    }
}

#define SCAN_LINES 16

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Every way to scan finds the same lines. */
static void scan_padded(sip_str text, const struct sip__scan_way *way)
{
    const size_t end = sip__scan_line_end(text.ptr, text.len, 0);
    const size_t from = end < text.len ? end + 1 : end;
    struct sip__scan_line lines[SCAN_LINES], others[SCAN_LINES];
    struct sip__plain_start start, other_start;
    struct sip__scan_result result, other;
    const size_t n =
        sip__scan_way_portable()->headers(text.ptr, text.len, from, lines, SCAN_LINES, &result);

    check(way->headers(text.ptr, text.len, from, others, SCAN_LINES, &other) == n);
    check(other.end == result.end && other.next == result.next && other.bad == result.bad);
    for (size_t i = 0; i < n; i++) {
        check(lines[i].name == others[i].name && lines[i].name_len == others[i].name_len);
        check(lines[i].value == others[i].value && lines[i].value_len == others[i].value_len);
        check(lines[i].id == others[i].id && lines[i].folded == others[i].folded);
    }
    check(way->start(text.ptr, &start) == sip__scan_way_portable()->start(text.ptr, &other_start));
}

static void scan(sip_str text)
{
    const struct sip__scan_way *const ways[] = {sip__scan_way(), sip__scan_way_sse2()};
    char *padded = calloc(1, text.len + SIP__SCAN_PAD_BYTES);

    check(padded != NULL);
    if (text.len > 0) {
        memcpy(padded, text.ptr, text.len);
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (ways[i] != NULL) {
            scan_padded((sip_str){padded, text.len}, ways[i]);
        }
    }
    free(padded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sip_path source = {
        .protocol = SIP_PROTOCOL_UDP,
        .remote = {.ip = {192, 0, 2, 9}, .port = 5090, .family = SIP_FAMILY_IP4},
    };
    sip_msg *copy = NULL;
    sip_msg *msg = NULL;

    scan((sip_str){(const char *)data, size});
    if (sip_msg_parse(NULL, NULL, (sip_str){(const char *)data, size}, &source, &msg, NULL) != 0) {
        return 0;
    }
    (void)sip_msg_check(msg, sip_msg_policy_strict(), NULL);
    if (sip_msg_copy(msg, &copy) == 0 && msg_walk(copy) != msg_walk(msg)) {
        abort();
    }
    respond(msg);
    forward(msg);
    edit(msg, false);
    edit(msg, true);
    from_uri(msg);
    sip_msg_unref(copy);
    sip_msg_unref(msg);
    return 0;
}
