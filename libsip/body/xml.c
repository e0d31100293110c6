#include "body/xml.h"

#include "body/xml_alloc.h"

#include <limits.h>
#include <string.h>

/* Between the parts of a name that expat expands; no document can hold it. */
#define SEPARATOR '\x01'
#define MAX_NAMESPACES 256
/* expat writes out the namespace of every name that has a prefix, so that a long one, declared
 * once, would cost its length as often as it is used. */
#define MAX_NAMESPACE_BYTES 1024
/* What expat may allocate for a document, far more than one within the other limits needs. */
#define HEAP_BYTES(text_bytes) ((size_t)1024 * 1024 + 32 * (text_bytes))
#define MAX_DEPTH 64 /* what the printer can do, and who walks a tree by recursion */

struct builder {
    XML_Parser parser;
    sip__arena *arena;
    sip_xml_options limits;
    sip__xml_node *root;
    sip__xml_node *current;                      /* NULL outside of the root */
    sip_xml_attribute *declared, *last_declared; /* for the element that begins next */
    sip_str namespaces[MAX_NAMESPACES];          /* those in force, the innermost last */
    unsigned n_namespaces, n_declared, n_elements, depth;
    char *text;
    size_t text_len, text_room;
    int err;
};

static const sip_xml_options defaults = {
    .bytes = 262144, .depth = 32, .elements = 10000, .attributes = 64, .namespaces = 32};

bool sip__xml_is_blank(sip_str text)
{
    return sip_str_trim(text).len == 0;
}

static void count(uint64_t *counter)
{
    *counter += 1;
}

static sip_xml_options limits_of(const sip_xml_options *options)
{
    sip_xml_options limits = options != NULL ? *options : defaults;

    limits.bytes = limits.bytes != 0 ? limits.bytes : defaults.bytes;
    limits.depth = limits.depth != 0 ? limits.depth : defaults.depth;
    limits.elements = limits.elements != 0 ? limits.elements : defaults.elements;
    limits.attributes = limits.attributes != 0 ? limits.attributes : defaults.attributes;
    limits.namespaces = limits.namespaces != 0 ? limits.namespaces : defaults.namespaces;
    limits.namespaces = limits.namespaces < MAX_NAMESPACES ? limits.namespaces : MAX_NAMESPACES;
    limits.depth = limits.depth < MAX_DEPTH ? limits.depth : MAX_DEPTH;
    limits.bytes = limits.bytes < INT_MAX ? limits.bytes : INT_MAX;
    return limits;
}

void sip__xml_count(const sip_xml_options *options, int err)
{
    if (options == NULL || options->counts == NULL) {
        return;
    }
    if (err == SIP_ENOMEM) {
        count(&options->counts->no_memory);
    } else if (err == SIP_ETOOBIG) {
        count(&options->counts->too_long);
    } else {
        count(err == 0 ? &options->counts->read : &options->counts->malformed);
    }
}

#define COUNTER(b, member) ((b)->limits.counts != NULL ? &(b)->limits.counts->member : NULL)

/* Stop with the first error; a limit has a counter of its own. */
static void fail(struct builder *b, int err, uint64_t *counter)
{
    if (b->err == 0) {
        b->err = err;
        if (counter != NULL) {
            count(counter);
        }
        XML_StopParser(b->parser, XML_FALSE);
    }
}

static sip_str keep(struct builder *b, const char *bytes, size_t len)
{
    char *copy = sip__arena_alloc(b->arena, len + 1);

    if (copy == NULL) {
        fail(b, SIP_ENOMEM, COUNTER(b, no_memory));
        return (sip_str){NULL, 0};
    }
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    return (sip_str){copy, len};
}

static void *zeroed(struct builder *b, size_t bytes)
{
    void *block = sip__arena_alloc(b->arena, bytes);

    if (block == NULL) {
        fail(b, SIP_ENOMEM, COUNTER(b, no_memory));
        return NULL;
    }
    return memset(block, 0, bytes);
}

/* A namespace in force is stored already. */
static sip_str keep_namespace(struct builder *b, const char *bytes, size_t len)
{
    for (unsigned i = b->n_namespaces; i > 0; i--) {
        const sip_str known = b->namespaces[i - 1];

        if (known.len == len && memcmp(known.ptr, bytes, len) == 0) {
            return known;
        }
    }
    return keep(b, bytes, len);
}

/* expat's name: [namespace SEPARATOR] local [SEPARATOR prefix]. */
static void split_name(struct builder *b, const char *full, sip_str *ns, sip_str *name,
                       sip_str *prefix)
{
    const char *first = strchr(full, SEPARATOR);
    const char *local = first != NULL ? first + 1 : full;
    const char *second = first != NULL ? strchr(local, SEPARATOR) : NULL;
    const size_t local_len = second != NULL ? (size_t)(second - local) : strlen(local);

    *ns = first != NULL ? keep_namespace(b, full, (size_t)(first - full)) : (sip_str){NULL, 0};
    *name = keep(b, local, local_len);
    *prefix = second != NULL ? keep(b, second + 1, strlen(second + 1)) : (sip_str){NULL, 0};
}

void sip__xml_append_child(sip__xml_node *parent, sip__xml_node *child)
{
    child->parent = parent;
    if (parent->last_child != NULL) {
        parent->last_child->x.next = &child->x;
    } else {
        parent->x.children = &child->x;
    }
    parent->last_child = child;
}

void sip__xml_append_attribute(sip__xml_node *node, sip__xml_attribute *attribute)
{
    if (node->last_attribute != NULL) {
        node->last_attribute->x.next = &attribute->x;
    } else {
        node->x.attributes = &attribute->x;
    }
    node->last_attribute = attribute;
}

/* The text collected so far becomes a node. */
static void flush_text(struct builder *b)
{
    sip__xml_node *node;

    if (b->text_len == 0 || b->err != 0) {
        return;
    }
    node = zeroed(b, sizeof *node);
    if (node != NULL) {
        node->x.text = keep(b, b->text, b->text_len);
        sip__xml_append_child(b->current, node);
    }
    b->text_len = 0;
}

static void on_text(void *user_data, const char *bytes, int len)
{
    struct builder *b = user_data;
    const size_t need = b->text_len + (size_t)len;

    if (b->err != 0 || b->current == NULL) {
        return;
    }
    if (need > b->text_room) {
        const size_t room = need > 256 ? need * 2 : 512;
        char *grown = sip_realloc(b->arena->allocator, b->text, room);

        if (grown == NULL) {
            fail(b, SIP_ENOMEM, COUNTER(b, no_memory));
            return;
        }
        b->text = grown;
        b->text_room = room;
    }
    memcpy(b->text + b->text_len, bytes, (size_t)len);
    b->text_len = need;
}

static void on_namespace(void *user_data, const char *prefix, const char *uri)
{
    struct builder *b = user_data;
    sip__xml_attribute *attribute;

    if (b->err != 0) {
        return;
    }
    if (b->n_namespaces >= b->limits.namespaces) {
        fail(b, SIP_ETOOBIG, COUNTER(b, too_many_namespaces));
        return;
    }
    if (uri != NULL && strlen(uri) > MAX_NAMESPACE_BYTES) {
        fail(b, SIP_ETOOBIG, COUNTER(b, too_long));
        return;
    }
    attribute = zeroed(b, sizeof *attribute);
    if (attribute == NULL) {
        return;
    }
    attribute->x.ns = SIP_STR(SIP_XML_NS_XMLNS);
    attribute->x.name = keep(b, prefix != NULL ? prefix : "", prefix != NULL ? strlen(prefix) : 0);
    attribute->x.value = keep(b, uri != NULL ? uri : "", uri != NULL ? strlen(uri) : 0);
    b->namespaces[b->n_namespaces++] = attribute->x.value;
    if (b->last_declared != NULL) {
        b->last_declared->next = &attribute->x;
    } else {
        b->declared = &attribute->x;
    }
    b->last_declared = &attribute->x;
    b->n_declared++;
}

static void on_namespace_end(void *user_data, const char *prefix)
{
    struct builder *b = user_data;

    (void)prefix;
    if (b->err == 0) {
        b->n_namespaces--;
    }
}

static void add_attributes(struct builder *b, sip__xml_node *node, const char **pairs)
{
    unsigned n = b->n_declared;

    node->x.attributes = b->declared;
    node->last_attribute = (sip__xml_attribute *)(void *)b->last_declared;
    b->declared = b->last_declared = NULL;
    b->n_declared = 0;
    for (size_t i = 0; pairs[i] != NULL && b->err == 0; i += 2) {
        sip__xml_attribute *attribute;

        if (++n > b->limits.attributes) {
            fail(b, SIP_ETOOBIG, COUNTER(b, too_many_attributes));
            return;
        }
        attribute = zeroed(b, sizeof *attribute);
        if (attribute == NULL) {
            return;
        }
        split_name(b, pairs[i], &attribute->x.ns, &attribute->x.name, &attribute->x.prefix);
        attribute->x.value = keep(b, pairs[i + 1], strlen(pairs[i + 1]));
        sip__xml_append_attribute(node, attribute);
    }
}

static void on_start(void *user_data, const char *name, const char **pairs)
{
    struct builder *b = user_data;
    sip__xml_node *node;

    if (b->err != 0) {
        return;
    }
    flush_text(b);
    if (b->depth >= b->limits.depth) {
        fail(b, SIP_ETOOBIG, COUNTER(b, too_deep));
        return;
    }
    if (b->n_elements >= b->limits.elements) {
        fail(b, SIP_ETOOBIG, COUNTER(b, too_many_elements));
        return;
    }
    node = b->current == NULL ? b->root : zeroed(b, sizeof *node);
    if (node == NULL) {
        return;
    }
    if (b->current != NULL) {
        sip__xml_append_child(b->current, node);
    }
    split_name(b, name, &node->x.ns, &node->x.name, &node->x.prefix);
    add_attributes(b, node, pairs);
    b->current = node;
    b->depth++;
    b->n_elements++;
}

static void on_end(void *user_data, const char *name)
{
    struct builder *b = user_data;

    (void)name;
    if (b->err == 0) {
        flush_text(b);
        b->current = b->current->parent;
        b->depth--;
    }
}

/* Declarations inside a document are what entities explode by; none of our documents has them. */
static void on_doctype(void *user_data, const char *name, const char *system_id,
                       const char *public_id, int has_internal_subset)
{
    struct builder *b = user_data;

    (void)name;
    (void)system_id;
    (void)public_id;
    if (has_internal_subset) {
        fail(b, SIP_ESYNTAX, COUNTER(b, entities_refused));
    }
}

static void on_skipped_entity(void *user_data, const char *name, int is_parameter_entity)
{
    struct builder *b = user_data;

    (void)name;
    (void)is_parameter_entity;
    fail(b, SIP_ESYNTAX, COUNTER(b, entities_refused));
}

static int run(struct builder *b, const sip__xml_heap *heap, sip_str text)
{
    static const XML_Char separator[] = {SEPARATOR, '\0'};
    int err = 0;

    b->parser = XML_ParserCreate_MM(NULL, sip__xml_alloc_suite(), separator);
    if (b->parser == NULL) {
        sip__xml_count(&b->limits, SIP_ENOMEM);
        return SIP_ENOMEM;
    }
    XML_SetUserData(b->parser, b);
    XML_SetReturnNSTriplet(b->parser, 1);
    XML_SetElementHandler(b->parser, on_start, on_end);
    XML_SetCharacterDataHandler(b->parser, on_text);
    XML_SetNamespaceDeclHandler(b->parser, on_namespace, on_namespace_end);
    XML_SetStartDoctypeDeclHandler(b->parser, on_doctype);
    XML_SetSkippedEntityHandler(b->parser, on_skipped_entity);
    if (XML_Parse(b->parser, text.ptr, (int)text.len, XML_TRUE) != XML_STATUS_OK) {
        err = SIP_ESYNTAX;
    }
    /* expat goes on after some failed allocations, and loses a part of the document by it. */
    if (heap->is_over || heap->is_exhausted) {
        err = heap->is_over ? SIP_ETOOBIG : SIP_ENOMEM;
    }
    if (err != 0 && b->err == 0) {
        sip__xml_count(&b->limits, err);
    }
    XML_ParserFree(b->parser);
    return b->err != 0 ? b->err : err;
}

int sip__xml_read_tree(sip__arena *arena, const sip_xml_options *options, sip_str text,
                       sip__xml_node *root)
{
    struct builder b = {.arena = arena, .limits = limits_of(options), .root = root};
    sip__xml_heap heap = {.allocator = arena->allocator};
    sip__xml_heap *before;
    int err;

    if (text.len > b.limits.bytes) {
        sip__xml_count(&b.limits, SIP_ETOOBIG);
        return SIP_ETOOBIG;
    }
    heap.left_bytes = HEAP_BYTES(text.len);
    before = sip__xml_alloc_enter(&heap);
    err = run(&b, &heap, text);
    sip__xml_alloc_leave(before);
    sip_free(arena->allocator, b.text);
    return err;
}
