#include "xml_check.h"

#include "support/fail_alloc.h"

#include <stdio.h>
#include <stdlib.h>

#define PROLOG "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define MAX_LINES 1000

static const char *data_folder;

void xml_check_folder(const char *folder)
{
    data_folder = folder;
}

sip_str xml_check_load(const char *name)
{
    char path[1024];
    char *bytes = malloc(65536);
    FILE *file;
    size_t len;

    snprintf(path, sizeof path, "%s/%s", data_folder, name);
    file = fopen(path, "rb");
    assert_non_null(bytes);
    assert_non_null(file);
    len = fread(bytes, 1, 65536, file);
    fclose(file);
    assert_in_range(len, 1, 65535);
    return (sip_str){bytes, len};
}

const sip_xml_body *xml_check_body(const sip_body_codec *codec)
{
    size_t n;
    const sip_xml_body *const *bodies = sip_xml_bodies(&n);

    for (size_t i = 0; i < n; i++) {
        if (&bodies[i]->codec == codec) {
            return bodies[i];
        }
    }
    fail_msg("%s is not among the types", codec->type);
    return NULL;
}

static void *parse_text(const sip_xml_body *body, sip_str text)
{
    guard_page page;
    void *object = NULL;

    assert_int_equal(body->parse(NULL, guard_bytes(&page, text.ptr, text.len), &object), 0);
    guard_page_finish(&page);
    return object;
}

void *xml_check_parse(const sip_xml_body *body, const char *name)
{
    sip_str text = xml_check_load(name);
    void *object = parse_text(body, text);

    free((void *)(uintptr_t)text.ptr);
    return object;
}

sip_str xml_check_print(const sip_xml_body *body, const void *object)
{
    int len = body->codec.print(object, NULL, 0);
    char *text;

    assert_true(len > 0);
    text = malloc((size_t)len + 1);
    assert_non_null(text);
    assert_int_equal(body->codec.print(object, text, (size_t)len + 1), len);
    assert_int_equal(strlen(text), len);
    return (sip_str){text, (size_t)len};
}

/* A document as lines, one for each attribute, piece of text and element, sorted: what it says
 * without regard to prefixes and to the order of elements of different names. */
struct lines {
    char *line[MAX_LINES];
    size_t n;
};

static void add_line(struct lines *lines, const char *path, const char *kind, sip_str name,
                     sip_str value)
{
    char line[2048];

    assert_true(lines->n < MAX_LINES);
    snprintf(line, sizeof line, "%s %s %.*s \"%.*s\"", path, kind, SIP_ARG(name), SIP_ARG(value));
    lines->line[lines->n] = strdup(line);
    assert_non_null(lines->line[lines->n]);
    lines->n++;
}

static size_t place_of(const sip_xml *first, const sip_xml *node)
{
    size_t place = 1;

    for (; first != node; first = first->next) {
        place += sip_str_same(first->name, node->name) && sip_str_same(first->ns, node->ns);
    }
    return place;
}

static void collect(struct lines *lines, const char *path, const sip_xml *node)
{
    for (const sip_xml_attribute *a = node->attributes; a != NULL; a = a->next) {
        if (!sip_str_equal(a->ns, SIP_XML_NS_XMLNS)) {
            char kind[256];

            snprintf(kind, sizeof kind, "@{%.*s}", SIP_ARG(a->ns));
            add_line(lines, path, kind, a->name, a->value);
        }
    }
    for (const sip_xml *x = node->children; x != NULL; x = x->next) {
        char inner[1024];

        if (x->name.len == 0) {
            if (sip_str_trim(x->text).len > 0) {
                add_line(lines, path, "text", x->name, sip_str_trim(x->text));
            }
            continue;
        }
        snprintf(inner, sizeof inner, "%s/{%.*s}%.*s[%zu]", path, SIP_ARG(x->ns), SIP_ARG(x->name),
                 place_of(node->children, x));
        add_line(lines, inner, "element", x->name, (sip_str){NULL, 0});
        collect(lines, inner, x);
    }
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void lines_of(sip_str text, struct lines *lines)
{
    sip_xml *root = NULL;

    lines->n = 0;
    assert_int_equal(sip_xml_parse(NULL, NULL, text, &root), 0);
    collect(lines, "", root);
    sip_xml_free(NULL, root);
    qsort(lines->line, lines->n, sizeof lines->line[0], compare_lines);
}

static void lines_free(struct lines *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        free(lines->line[i]);
    }
}

static void assert_nothing_lost(sip_str text, sip_str printed)
{
    struct lines a, b;

    lines_of(text, &a);
    lines_of(printed, &b);
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        assert_string_equal(a.line[i], b.line[i]);
    }
    assert_int_equal(a.n, b.n);
    lines_free(&a);
    lines_free(&b);
}

/* Each place of a small document, one in some of a large one: a test takes no more than a second.
 */
static size_t stride(size_t len)
{
    return 1 + len / 600;
}

static void assert_prefixes_refused(const sip_xml_body *body, sip_str text)
{
    const size_t len = sip_str_trim(text).len + (size_t)(sip_str_trim(text).ptr - text.ptr);
    guard_page page;

    guard_page_init(&page, text.ptr, len);
    for (size_t part = 0; part < len; part += stride(len)) {
        void *object = &page;
        const char *end = page.bytes + len;

        /* The prefix lies right before the guard page. */
        memmove(page.bytes + (len - part), text.ptr, part);
        assert_int_equal(body->parse(NULL, (sip_str){end - part, part}, &object), SIP_ESYNTAX);
        assert_ptr_equal(object, &page);
    }
    guard_page_finish(&page);
}

/* Whatever a byte becomes, the document is read or refused, and what was read is printed. */
static void assert_mutations_harmless(const sip_xml_body *body, sip_str text)
{
    static const char others[] = {'<', '1'};
    guard_page page;

    guard_page_init(&page, text.ptr, text.len);
    for (size_t i = 0; i < text.len * sizeof others; i += 2 * stride(text.len) - 1) {
        const size_t at = i / sizeof others;
        void *object = NULL;
        int err;

        page.bytes[at] = others[i % sizeof others];
        err = body->parse(NULL, (sip_str){page.bytes, text.len}, &object);
        assert_true(err == 0 ? body->codec.print(object, NULL, 0) > 0
                             : err == SIP_ESYNTAX && object == NULL);
        body->free(NULL, object);
        page.bytes[at] = text.ptr[at];
    }
    guard_page_finish(&page);
}

static void assert_survives_no_memory(const sip_xml_body *body, sip_str text)
{
    fail_alloc fail;
    size_t n = 0;

    do {
        void *object = NULL;
        sip_str printed = {NULL, 0};
        int err;

        fail_alloc_init(&fail, ++n);
        err = body->parse(&fail.allocator, text, &object);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        if (err == 0) {
            err = sip_xml_print_alloc(&body->codec, object, &fail.allocator, &printed);
            assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        }
        sip_free(&fail.allocator, (void *)(uintptr_t)printed.ptr);
        body->free(&fail.allocator, object);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 20);
}

static void assert_cut(const sip_xml_body *body, const void *object, sip_str printed)
{
    for (size_t size = 0; size <= printed.len + 1; size += size < 64 ? 1 : stride(printed.len)) {
        char *out = malloc(size > 0 ? size : 1);

        assert_non_null(out);
        assert_int_equal(body->codec.print(object, out, size), printed.len);
        if (size > 0) {
            assert_memory_equal(out, printed.ptr, size - 1);
            assert_int_equal(out[size - 1], '\0');
        }
        free(out);
    }
}

void xml_check_document(const sip_xml_body *body, const char *name)
{
    sip_str text = xml_check_load(name);
    void *object = parse_text(body, text);
    sip_str printed = xml_check_print(body, object);
    void *again = parse_text(body, printed);
    sip_str printed_again = xml_check_print(body, again);

    assert_string_equal(printed_again.ptr, printed.ptr);
    assert_nothing_lost(text, printed);
    assert_cut(body, object, printed);
    assert_prefixes_refused(body, text);
    assert_mutations_harmless(body, text);
    assert_survives_no_memory(body, text);
    body->free(NULL, object);
    body->free(NULL, again);
    free((void *)(uintptr_t)text.ptr);
    free((void *)(uintptr_t)printed.ptr);
    free((void *)(uintptr_t)printed_again.ptr);
}

void xml_check_refused(const sip_xml_body *body, const char *text, int err)
{
    guard_page page;
    void *object = &page;

    assert_int_equal(body->parse(NULL, guard_str(&page, text), &object), err);
    assert_ptr_equal(object, &page);
    guard_page_finish(&page);
}

void xml_check_printed(const sip_xml_body *body, const char *text, const char *printed)
{
    void *object = parse_text(body, sip_str_of(text));
    sip_str out = xml_check_print(body, object);

    assert_true(out.len > strlen(PROLOG));
    assert_memory_equal(out.ptr, PROLOG, strlen(PROLOG));
    assert_string_equal(out.ptr + strlen(PROLOG), printed);
    free((void *)(uintptr_t)out.ptr);
    body->free(NULL, object);
}
