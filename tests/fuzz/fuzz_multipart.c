/* Multiparts: the first line is Content-Type, the rest the body. What was read is printed, and what
 * was printed reads and prints the same; every function that looks into parts is called. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

static void look(const sip_multipart *multipart)
{
    sip_multipart_signature signature;
    const sip_part *root = sip_multipart_root(multipart);

    check(sip_multipart_find_type(multipart, &sip_cpim_type) == NULL ||
          sip_body_type_find(NULL, SIP_STR("message/cpim")) == &sip_cpim_type);
    check(sip_multipart_find(multipart, SIP_STR("cid:no%20such")) == NULL || root != NULL);
    sip_multipart_choose(multipart, NULL);
    sip_multipart_signed(multipart, &signature);
    for (size_t i = 0; i < multipart->n_parts; i++) {
        const sip_part *part = &multipart->parts[i];
        const sip_body_type *type;
        void *object;

        check(part->id.len == 0 || sip_multipart_find(multipart, part->id) != NULL ||
              part->id.len >= 2);
        if (sip_body_read(NULL, &part->body, NULL, &type, &object) == 0) {
            type->free(NULL, object);
        }
    }
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
        print_again(multipart, &body);
        sip_multipart_free(NULL, multipart);
    }
    return 0;
}
