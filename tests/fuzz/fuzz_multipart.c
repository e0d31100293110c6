/* Multiparts: the first line is Content-Type, the rest the body. What was read is printed, and what
 * was printed reads and prints the same; every function that looks into parts is called, and each
 * part is read by its own type. As the body of a message it is judged. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sip/build.h>
#include <sip/multipart.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static char *print(const sip_multipart *multipart, size_t *ret_len)
{
    const int len = sip_multipart_print(multipart, NULL, 0);
    char *text;

    check(len > 0);
    text = malloc((size_t)len + 1);
    check(text != NULL);
    check(sip_multipart_print(multipart, text, (size_t)len + 1) == len);
    *ret_len = (size_t)len;
    return text;
}

static void read_part(const sip_part *part)
{
    const sip_body_type *type;
    void *object;
    char text[200];

    if (sip_body_read(NULL, &part->body, NULL, &type, &object) == 0) {
        const int len = type->codec.print(object, NULL, 0);

        check(type->codec.print(object, text, sizeof text) == len);
        type->free(NULL, object);
    }
}

static void look(const sip_multipart *multipart)
{
    sip_multipart_signature signature;

    sip_multipart_root(multipart);
    sip_multipart_choose(multipart, NULL);
    sip_multipart_signed(multipart, &signature);
    sip_multipart_find_type(multipart, &sip_cpim_type);
    sip_multipart_find(multipart, SIP_STR("cid:no%20such"));
    for (size_t i = 0; i < multipart->n_parts; i++) {
        const sip_part *part = &multipart->parts[i];

        read_part(part);
        if (part->nested != NULL) {
            look(part->nested);
        }
    }
}

static void count_up(void *bytes, size_t len, void *user_data)
{
    unsigned char *next = user_data;

    for (size_t i = 0; i < len; i++) {
        ((unsigned char *)bytes)[i] = (*next)++;
    }
}

/* The same parts between boundaries of ours. */
static void make(const sip_multipart *multipart)
{
    unsigned char seed = 0;
    const sip_random random = {count_up, &seed};
    const sip_multipart_config config = {.subtype = "mixed",
                                         .params = "a=b",
                                         .parts = multipart->parts,
                                         .n_parts = multipart->n_parts,
                                         .random = &random};
    sip_multipart *again;
    sip_body *body;

    check(sip_multipart_create(NULL, &config, &body) == 0);
    check(sip_multipart_read(NULL, body, NULL, &again) == 0);
    check(again->n_parts == multipart->n_parts);
    sip_multipart_free(NULL, again);
    sip_free(NULL, body);
}

static void judge(const sip_body *body)
{
    static const char *const dispositions[] = {"session", "render", NULL};
    static const char *const encodings[] = {"gzip", NULL};
    static const char *const languages[] = {"en", NULL};
    const sip_body_registry registry = {.base = &sip_body_registry_all,
                                        .dispositions = dispositions,
                                        .encodings = encodings,
                                        .languages = languages};
    sip_build *build = sip_build_request(NULL, SIP_STR("MESSAGE"), SIP_STR("sip:a@b"));
    sip_msg *msg = NULL;
    sip_body_verdict verdict;

    sip_build_body(build, body);
    if (sip_build_finish(build, &msg) != 0) {
        return;
    }
    verdict = sip_body_judge(msg, &registry);
    build = sip_build_response(msg, 415, (sip_str){NULL, 0}, SIP_STR("t"));
    sip_build_accept(build, &registry, &verdict);
    check(sip_body_as(sip_msg_body(msg), &sip_multipart_mixed_type) ==
          sip_body_as(sip_msg_body(msg), &sip_multipart_mixed_type));
    sip_msg_unref(msg);
    msg = NULL;
    check(sip_build_finish(build, &msg) == 0);
    sip_msg_unref(msg);
}

static void print_again(const sip_multipart *multipart, const sip_body *body)
{
    size_t len, again_len;
    char *text = print(multipart, &len);
    const sip_body printed = {.type = body->type, .data = {text, len}};
    sip_multipart *again;
    char *again_text;

    check(sip_multipart_read(NULL, &printed, NULL, &again) == 0);
    check(again->n_parts == multipart->n_parts && again->is_closed);
    for (size_t i = 0; i < again->n_parts; i++) {
        check(sip_str_same(again->parts[i].body.data, multipart->parts[i].body.data));
        check(sip_str_same(again->parts[i].body.type, multipart->parts[i].body.type));
    }
    again_text = print(again, &again_len);
    check(again_len == len && memcmp(text, again_text, len) == 0);
    sip_multipart_free(NULL, again);
    free(again_text);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *end = size > 0 ? memchr(text, '\n', size) : NULL;
    const size_t type_len = end != NULL ? (size_t)(end - text) : 0;
    const sip_body body = {
        .type = {text, type_len},
        .data = {end != NULL ? end + 1 : text, end != NULL ? size - type_len - 1 : 0}};
    sip_multipart *multipart;

    if (end != NULL && sip_multipart_read(NULL, &body, NULL, &multipart) == 0) {
        look(multipart);
        judge(&body);
        make(multipart);
        print_again(multipart, &body);
        sip_multipart_free(NULL, multipart);
    }
    return 0;
}
