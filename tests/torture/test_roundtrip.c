/* What holds for every message: it prints as it came, changed and changed back too, and one built
 * anew from its values says the same. Over the folders given, and over messages made from seeds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sip/build.h>

#include "support/corpus.h"
#include "support/header_samples.h"
#include "support/msg_generator.h"
#include "support/typed_walk.h"

#define GENERATED 10000

static size_t failures;

static void fail(const char *name, const char *what, const char *detail, sip_str bytes)
{
    if (failures++ < 20) {
        fprintf(stderr, "%s: %s: %s\n%.*s\n", name, what, detail, SIP_ARG(bytes));
    }
}

static sip_msg *parse(sip_str bytes)
{
    const sip_msg_limits limits = typed_walk_limits();
    sip_msg *msg = NULL;

    (void)sip_msg_parse(NULL, &limits, bytes, NULL, &msg, NULL);
    return msg;
}

/* One without a Content-Length gets one by being changed, and bytes behind the body are dropped. */
static bool prints_whole(const sip_msg *msg, sip_str bytes)
{
    return sip_msg_bytes(msg).len == bytes.len &&
           sip_msg_typed_count(msg, sip_header_type_of(SIP_HEADER_CONTENT_LENGTH)) == 1;
}

/* A start line that only a lenient policy takes is written anew by a change. */
static sip_str from_line(sip_str bytes, const sip_msg *msg)
{
    const char *end = memchr(bytes.ptr, '\n', bytes.len);

    if (sip_msg_check(msg, sip_msg_policy_strict(), NULL) == 0 || end == NULL) {
        return bytes;
    }
    return (sip_str){end, (size_t)(bytes.ptr + bytes.len - end)};
}

static void check_bytes(const char *name, const sip_msg *msg, sip_str bytes)
{
    const sip_str printed = sip_msg_bytes(msg);
    sip_edit *edit = sip_edit_create(msg);
    sip_msg *pushed = NULL;
    sip_msg *back = NULL;

    if (printed.len > bytes.len || memcmp(printed.ptr, bytes.ptr, printed.len) != 0) {
        fail(name, "bytes", "not as they came", bytes);
    }
    sip_edit_push(edit, SIP_HEADER_VIA, SIP_STR("SIP/2.0/UDP h;branch=z9hG4bKp"));
    if (sip_edit_finish(edit, &pushed) != 0) {
        fail(name, "edit", "cannot be finished", bytes);
        return;
    }
    edit = sip_edit_create(pushed);
    sip_edit_remove_values(edit, SIP_HEADER_VIA, 1);
    if (sip_edit_finish(edit, &back) != 0) {
        fail(name, "edit", "cannot be finished", bytes);
    } else if (prints_whole(msg, bytes) &&
               !sip_str_same(from_line(sip_msg_bytes(back), msg), from_line(bytes, msg))) {
        fail(name, "changed and changed back", "not as they came", sip_msg_bytes(back));
    }
    sip_msg_unref(pushed);
    sip_msg_unref(back);
}

static void check_anew(const char *name, const sip_msg *msg, sip_str bytes)
{
    sip_msg *anew = NULL;
    sip_msg *parsed = NULL;
    const char *difference;
    const int err = typed_rebuild(msg, &anew);

    if (err != 0) {
        /* NUL can be read where it is quoted, but is never written into a header. */
        if (err != SIP_EINVAL || memchr(bytes.ptr, '\0', bytes.len) == NULL) {
            fail(name, "built anew", sip_error_text(err), bytes);
        }
        return;
    }
    parsed = parse(sip_msg_bytes(anew));
    difference = parsed != NULL ? typed_difference(msg, parsed) : "it cannot be parsed";
    if (difference != NULL) {
        fail(name, "built anew", difference, bytes);
        fail(name, "as", difference, sip_msg_bytes(anew));
    }
    sip_msg_unref(parsed);
    sip_msg_unref(anew);
}

static void check_message(const char *name, sip_str bytes)
{
    sip_msg *msg = parse(bytes);
    sip_msg *copy = NULL;

    if (msg == NULL) {
        return;
    }
    if (sip_msg_copy(msg, &copy) != 0 || typed_walk(copy) != typed_walk(msg)) {
        fail(name, "copy", "reads otherwise", bytes);
    }
    check_bytes(name, msg, bytes);
    check_anew(name, msg, bytes);
    sip_msg_unref(copy);
    sip_msg_unref(msg);
}

/* A generated message is sound in every header. */
static void check_sound(const char *name, sip_str bytes)
{
    sip_parse_error error = {.rule = ""};
    sip_msg *msg = parse(bytes);

    if (msg == NULL) {
        fail(name, "generated", "cannot be parsed", bytes);
        return;
    }
    if (sip_msg_check(msg, sip_msg_policy_strict(), &error) != 0) {
        fail(name, "generated, strict", error.rule, bytes);
    }
    for (unsigned id = 1; id < SIP_HEADER_COUNT; id++) {
        const sip_header_type *type = sip_header_type_of((sip_header_id)id);

        for (size_t n = 0; n < sip_msg_typed_count(msg, type); n++) {
            if (sip_msg_typed_error(msg, type, n, &error) != 0) {
                fail(name, "generated, unsound", type->name, bytes);
            }
        }
    }
    sip_msg_unref(msg);
}

/* Every header with a type is among the generated ones. */
static void check_templates(void)
{
    static const sip_header_id basics[] = {SIP_HEADER_FROM,         SIP_HEADER_TO,
                                           SIP_HEADER_VIA,          SIP_HEADER_CSEQ,
                                           SIP_HEADER_MAX_FORWARDS, SIP_HEADER_CONTENT_LENGTH};

    for (unsigned id = 1; id < SIP_HEADER_COUNT; id++) {
        bool is_there = header_samples_count((sip_header_id)id) > 0;

        for (size_t i = 0; i < sizeof basics / sizeof basics[0]; i++) {
            is_there = is_there || basics[i] == (sip_header_id)id;
        }
        if (!is_there) {
            fail(sip_header_name((sip_header_id)id).ptr, "generator", "has no template",
                 (sip_str){NULL, 0});
        }
    }
}

static void check_generated(uint64_t seed)
{
    static char bytes[MSG_GENERATOR_BYTES];
    const size_t len = msg_generate(seed, bytes);
    char name[32];

    snprintf(name, sizeof name, "seed %u", (unsigned)seed);
    check_sound(name, (sip_str){bytes, len});
    check_message(name, (sip_str){bytes, len});
}

int main(int argc, char **argv)
{
    corpus files = {.files = NULL};

    for (int i = 1; i < argc; i++) {
        corpus_add(&files, argv[i], ".sip");
    }
    for (size_t i = 0; i < files.count; i++) {
        check_message(files.files[i].name, (sip_str){files.files[i].bytes, files.files[i].len});
    }
    check_templates();
    for (uint64_t seed = 1; seed <= GENERATED; seed++) {
        check_generated(seed);
    }
    printf("%zu files and %d generated messages, %zu failures\n", files.count, GENERATED, failures);
    corpus_finish(&files);
    return failures == 0 ? 0 : 1;
}
