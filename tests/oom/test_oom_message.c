/* Each torture message, parsed, read, copied, answered, followed, built anew, edited and printed,
 * without memory at each allocation in turn. Arguments: their folders. */
#include <stdio.h>

#include <sip/body_type.h>
#include <sip/header_type.h>

#include "message/msg_internal.h"
#include "message/print.h"
#include "oom_sweep.h"
#include "support/corpus.h"
#include "support/typed_walk.h"

#define TEXT_BYTES 4096

static const sip_path source = {
    .protocol = SIP_PROTOCOL_UDP,
    .local = {.ip = {192, 0, 2, 1}, .port = 5060, .family = SIP_FAMILY_IP4},
    .remote = {.ip = {192, 0, 2, 9}, .port = 5090, .family = SIP_FAMILY_IP4},
};

static const sip_header headers[] = {{"X-Any", "a"}, {"Reason", "SIP;cause=200"}, {NULL, NULL}};

/* What was made, or why not. */
static void made(oom_log *log, const char *step, int err, sip_msg *msg)
{
    oom_step(log, step, 0, err, err == 0 ? sip_msg_bytes(msg) : (sip_str){NULL, 0});
    sip_msg_unref(msg);
}

static void read_type(oom_log *log, const sip_msg *msg, sip_header_id id)
{
    const sip_header_type *type = sip_header_type_of(id);
    const size_t count = sip_msg_typed_count(msg, type);
    char text[TEXT_BYTES];

    for (size_t n = 0; n < count; n++) {
        const void *value = sip_msg_typed(msg, type, n);
        int err = sip_msg_typed_error(msg, type, n, NULL);
        int len = 0;

        if (value != NULL) {
            len = sip_header_print(type, value, text, sizeof text);
        } else if (err == 0) {
            err = SIP_ENOMEM; /* there was none, now there is */
        }
        len = len < 0 ? 0 : len >= (int)sizeof text ? (int)sizeof text - 1 : len;
        oom_step(log, "typed", (size_t)id << 32 | n, err, (sip_str){text, (size_t)len});
    }
}

/* Accessors that give NULL without memory give the value when asked again. */
static void read_values(oom_log *log, const sip_msg *msg)
{
    const sip_cseq *cseq = sip_msg_cseq(msg);
    const sip_address *from = sip_msg_from(msg);
    const sip_via *via = sip_msg_via(msg, 0);
    const sip_address *contact = sip_msg_address(msg, SIP_HEADER_CONTACT, 0);

    cseq = cseq != NULL ? cseq : sip_msg_cseq(msg);
    from = from != NULL ? from : sip_msg_from(msg);
    via = via != NULL ? via : sip_msg_via(msg, 0);
    contact = contact != NULL ? contact : sip_msg_address(msg, SIP_HEADER_CONTACT, 0);
    oom_step(log, "cseq", 0, 0, cseq != NULL ? cseq->method_text : (sip_str){NULL, 0});
    oom_step(log, "from", 0, 0, from != NULL ? from->uri.text : (sip_str){NULL, 0});
    oom_step(log, "via", 0, 0, via != NULL ? via->branch : (sip_str){NULL, 0});
    oom_step(log, "contact", 0, 0, contact != NULL ? contact->uri.text : (sip_str){NULL, 0});
}

static void read_body(oom_log *log, const sip_msg *msg)
{
    const sip_body *body = sip_msg_body(msg);
    const sip_body_type *type = NULL;
    const sip_body_verdict verdict = sip_body_judge(msg, NULL);
    const void *object = NULL;
    char text[TEXT_BYTES];
    int err, len = 0;

    oom_step(log, "judge", 0, verdict.status == 500 ? SIP_ENOMEM : verdict.status,
             (sip_str){NULL, 0});
    if (body == NULL) {
        return;
    }
    err = sip_body_typed(body, NULL, &type, &object);
    if (err == 0) {
        len = type->codec.print(object, text, sizeof text);
    }
    len = len < 0 ? 0 : len > (int)sizeof text ? (int)sizeof text : len;
    oom_step(log, "body", 0, err, (sip_str){text, len > 0 ? (size_t)len - 1 : 0});
}

static void answer(oom_log *log, const sip_msg *msg)
{
    const sip_extras extras = {.headers = headers, .copy_from = msg, .copy = "Subject"};
    sip_msg *response = NULL;
    sip_msg *next = NULL;
    int err;

    if (!sip_msg_is_request(msg)) {
        return;
    }
    err = sip_response_create(msg, 486, SIP_STR("t"), &extras, &response);
    oom_step(log, "response", 0, err, err == 0 ? sip_msg_bytes(response) : (sip_str){NULL, 0});
    if (err == 0) {
        err = sip_ack_create(msg, response, &next);
        made(log, "ack", err, next);
    }
    sip_msg_unref(response);
    next = NULL;
    err = sip_cancel_create(msg, &extras, &next);
    made(log, "cancel", err, next);
}

static void print(oom_log *log, const sip_msg *msg)
{
    sip__wire wire = {
        .protocol = SIP_PROTOCOL_TCP, .sent_by = source.local, .branch = SIP_STR_INIT("z9hG4bKp")};
    sip_build *build = sip_build_from(msg, (sip_str){NULL, 0});
    sip_msg *copy = NULL;
    sip_msg *sent = NULL;
    int err;

    sip_build_copy_others(build, msg, NULL, 0);
    if (sip_msg_is_request(msg)) {
        sip_build_contact(build, SIP_STR("bob"), SIP_STR(";a=b"));
    }
    sip_build_copy_body(build, msg);
    err = sip_build_finish(build, &copy);
    oom_step(log, "passed on", 0, err, err == 0 ? sip_msg_bytes(copy) : (sip_str){NULL, 0});
    if (err == 0 && sip_msg_is_request(copy)) {
        err = sip__print_request(copy, &wire, &sent);
        made(log, "sent", err, sent);
    }
    sip_msg_unref(copy);
}

static void build(oom_log *log, const sip_msg *msg)
{
    const sip_body body = SIP_BODY_SDP("v=0\r\n");
    const sip_extras extras = {.headers = headers, .body = &body};
    const sip_dialog_facts facts = {
        .call_id = SIP_STR_INIT("c"),
        .local = sip_msg_value(msg, SIP_HEADER_TO, 0),
        .remote = sip_msg_value(msg, SIP_HEADER_FROM, 0),
        .local_tag = SIP_STR_INIT("1"),
        .remote_target = SIP_STR_INIT("sip:a@h"),
        .routes = sip_msg_value(msg, SIP_HEADER_RECORD_ROUTE, 0),
        .cseq = 1,
    };
    const sip_uri *uri = sip_msg_request_uri(msg);
    const sip_allocator *allocator = msg->allocator;
    sip_build *build = sip_build_in_dialog(allocator, SIP_STR("BYE"), &facts);
    sip_msg *next = NULL;
    int err;

    sip_build_extras(build, &extras);
    sip_build_headerf(build, SIP_HEADER_SUBJECT, "%d", 1);
    err = sip_build_finish(build, &next);
    made(log, "in dialog", err, next);
    next = NULL;
    if (uri != NULL) {
        err = sip_build_finish(sip_build_request_from_uri(allocator, SIP_STR("INVITE"), uri, NULL),
                               &next);
        made(log, "from URI", err, next);
    }
}

static void edit(oom_log *log, const sip_msg *msg)
{
    const sip_body body = SIP_BODY_SDP("v=0\r\n");
    sip_edit *edit = sip_edit_create(msg);
    sip_msg *edited = NULL;
    int err;

    sip_edit_received(edit);
    sip_edit_push(edit, SIP_HEADER_RECORD_ROUTE, SIP_STR("<sip:p;lr>"));
    sip_edit_set(edit, SIP_HEADER_MAX_FORWARDS, SIP_STR("69"));
    sip_edit_append_uri(edit, SIP_HEADER_PATH, SIP_STR("sip:p"));
    sip_edit_remove_values(edit, SIP_HEADER_ROUTE, 1);
    sip_edit_body(edit, &body);
    err = sip_edit_finish(edit, &edited);
    made(log, "edited", err, edited);
}

static void check(oom_log *log, const sip_msg *msg)
{
    oom_step(log, "check", 0, sip_msg_check(msg, sip_msg_policy_strict(), NULL),
             (sip_str){NULL, 0});
}

static void copy(oom_log *log, const sip_msg *msg)
{
    sip_msg *next = NULL;
    const int err = sip_msg_copy(msg, &next);

    made(log, "copy", err, next);
}

static void read_types(oom_log *log, const sip_msg *msg)
{
    for (unsigned id = 1; id < SIP_HEADER_COUNT; id++) {
        read_type(log, msg, (sip_header_id)id);
    }
}

/* What can be done with a message, in any order: what comes first reads what the rest finds kept.
 */
static void (*const tasks[])(oom_log *log, const sip_msg *msg) = {
    answer, check, edit, print, read_values, read_body, build, copy};

#define N_TASKS (sizeof tasks / sizeof tasks[0])

struct subject {
    const corpus_file *file;
    size_t first;     /* task */
    bool types_first; /* what is read after them needs further memory */
};

static void run(const sip_allocator *allocator, oom_log *log, const void *data)
{
    const struct subject *subject = data;
    const sip_msg_limits limits = typed_walk_limits();
    sip_msg *msg = NULL;
    const int err =
        sip_msg_parse(allocator, &limits, (sip_str){subject->file->bytes, subject->file->len},
                      &source, &msg, NULL);

    oom_step(log, "parse", 0, err, err == 0 ? sip_msg_bytes(msg) : (sip_str){NULL, 0});
    if (err != 0) {
        return;
    }
    if (subject->types_first) {
        read_types(log, msg);
    }
    for (size_t i = 0; i < N_TASKS; i++) {
        tasks[(subject->first + i) % N_TASKS](log, msg);
    }
    sip_msg_unref(msg);
}

int main(int argc, char **argv)
{
    corpus files = {NULL, 0};
    size_t runs = 0;

    for (int i = 1; i < argc; i++) {
        corpus_add(&files, argv[i], ".sip");
    }
    for (size_t i = 0; i < files.count; i++) {
        for (size_t n = 0; n < 2 * N_TASKS; n++) {
            const struct subject subject = {&files.files[i], n / 2, n % 2 == 1};

            runs += oom_sweep(files.files[i].name, run, &subject);
        }
    }
    printf("%zu messages, %zu runs\n", files.count, runs);
    corpus_finish(&files);
    return 0;
}
