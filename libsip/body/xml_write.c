#include "body/xml_write.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 64

static void fail(sip__xml_writer *w, int err)
{
    if (w->err == 0) {
        w->err = err;
    }
}

static void put(sip__xml_writer *w, const char *bytes, size_t len)
{
    if (w->err != 0) {
        return;
    }
    if (len > (size_t)INT_MAX - w->len) {
        fail(w, SIP_ETOOBIG);
        return;
    }
    if (w->len + 1 < w->size) {
        const size_t room = w->size - 1 - w->len;

        memcpy(w->out + w->len, bytes, len < room ? len : room);
    }
    w->len += len;
}

static void put_text(sip__xml_writer *w, const char *text)
{
    put(w, text, strlen(text));
}

static void put_str(sip__xml_writer *w, sip_str text)
{
    if (text.len > 0) {
        put(w, text.ptr, text.len);
    }
}

void sip__xml_writer_init(sip__xml_writer *w, char *out, size_t size)
{
    w->out = out;
    w->size = size;
    w->len = 0;
    w->err = 0;
    w->depth = 0;
    w->tag_is_open = false;
    w->n_bindings = 0;
}

int sip__xml_writer_finish(sip__xml_writer *w)
{
    if (w->size > 0) {
        w->out[w->err == 0 && w->len < w->size ? w->len : (w->err == 0 ? w->size - 1 : 0)] = '\0';
    }
    return w->err != 0 ? w->err : (int)w->len;
}

/* The bytes of the character that `text` begins with; 0 if XML cannot carry it (XML 1.0 2.2). */
static size_t character_bytes(const unsigned char *text, size_t len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t bytes = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
    uint32_t code = bytes == 1 ? text[0] : text[0] & (0x7fu >> bytes);

    if (bytes > len || (bytes > 1 && text[0] < 0xc2) || text[0] > 0xf4) {
        return 0;
    }
    for (size_t i = 1; i < bytes; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
        code = code << 6 | (text[i] & 0x3f);
    }
    if (code < least[bytes] || (code < 0x20 && code != '\t' && code != '\n' && code != '\r') ||
        (code >= 0xd800 && code < 0xe000) || code == 0xfffe || code == 0xffff || code > 0x10ffff) {
        return 0;
    }
    return bytes;
}

/* What stands for a character that must not stand itself; NULL: it may. */
static const char *escape_of(char c, bool in_attribute)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '\r':
        return "&#13;";
    case '"':
        return in_attribute ? "&quot;" : NULL;
    case '\t':
        return in_attribute ? "&#9;" : NULL;
    case '\n':
        return in_attribute ? "&#10;" : NULL;
    }
    return NULL;
}

static void put_escaped(sip__xml_writer *w, sip_str text, bool in_attribute)
{
    size_t plain = 0;
    size_t bytes;

    for (size_t i = 0; i < text.len && w->err == 0; i += bytes) {
        const char *escape = escape_of(text.ptr[i], in_attribute);

        bytes = character_bytes((const unsigned char *)text.ptr + i, text.len - i);
        if (bytes == 0) {
            fail(w, SIP_EINVAL);
        } else if (escape != NULL) {
            put(w, text.ptr + plain, i - plain);
            put_text(w, escape);
            plain = i + 1;
        }
    }
    if (plain < text.len) {
        put(w, text.ptr + plain, text.len - plain);
    }
}

static bool is_name_byte(char c, bool first)
{
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;

    return letter || (!first && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
}

static bool is_name(sip_str name)
{
    size_t bytes;

    for (size_t i = 0; i < name.len; i += bytes) {
        bytes = character_bytes((const unsigned char *)name.ptr + i, name.len - i);
        if (bytes == 0 || !is_name_byte(name.ptr[i], i == 0)) {
            return false;
        }
    }
    return name.len > 0;
}

/* The innermost binding of a prefix. */
static const sip__xml_binding *bound(const sip__xml_writer *w, sip_str prefix, unsigned from)
{
    for (unsigned i = w->n_bindings; i > from; i--) {
        if (sip_str_same(w->bindings[i - 1].prefix, prefix)) {
            return &w->bindings[i - 1];
        }
    }
    return NULL;
}

/* A binding in force for this namespace, that of the prefix wished for if it is one. */
static const sip__xml_binding *binding_of(const sip__xml_writer *w, sip_str ns, sip_str wish,
                                          bool need_prefix)
{
    const sip__xml_binding *found = NULL;

    for (unsigned i = w->n_bindings; i > 0; i--) {
        const sip__xml_binding *binding = &w->bindings[i - 1];

        if (!sip_str_same(binding->ns, ns) || (need_prefix && binding->prefix.len == 0) ||
            bound(w, binding->prefix, 0) != binding) {
            continue;
        }
        if (sip_str_same(binding->prefix, wish)) {
            return binding;
        }
        found = found != NULL ? found : binding;
    }
    return found;
}

bool sip__xml_is_declared(const sip__xml_writer *w, sip_str ns)
{
    return binding_of(w, ns, (sip_str){NULL, 0}, false) != NULL;
}

static void invent_prefix(const sip__xml_writer *w, sip__xml_binding *binding)
{
    unsigned number = 0;

    do {
        const int len = snprintf(binding->made, sizeof binding->made, "n%u", ++number % 10000u);

        binding->prefix = (sip_str){binding->made, (size_t)len};
    } while (bound(w, binding->prefix, 0) != NULL);
}

/* `free_from`: the binding from which on the prefix must not be taken. */
static const sip__xml_binding *bind(sip__xml_writer *w, sip_str prefix, sip_str ns,
                                    unsigned free_from, bool need_prefix)
{
    sip__xml_binding *binding = &w->bindings[w->n_bindings];
    const bool usable = prefix.len == 0 ? !need_prefix
                                        : is_name(prefix) && !sip_str_equal(prefix, "xml") &&
                                              !sip_str_equal(prefix, "xmlns");

    if (w->n_bindings >= SIP__XML_MAX_BINDINGS) {
        fail(w, SIP_ETOOBIG);
        return NULL;
    }
    binding->prefix = prefix;
    binding->ns = ns;
    if (!usable || bound(w, prefix, free_from) != NULL) {
        invent_prefix(w, binding);
    }
    w->n_bindings++;
    return binding;
}

void sip__xml_begin(sip__xml_writer *w, sip__xml_element *element)
{
    *element = (sip__xml_element){.first_binding = w->n_bindings};
    if (++w->depth > MAX_DEPTH) {
        fail(w, SIP_EINVAL);
    }
    if (w->tag_is_open) {
        put_text(w, ">");
        w->tag_is_open = false;
    }
}

void sip__xml_declare(sip__xml_writer *w, const sip__xml_element *element, sip_str prefix,
                      sip_str ns)
{
    const sip__xml_binding *known = bound(w, prefix, 0);

    if (sip_str_equal(prefix, "xml") || (prefix.len > 0 && ns.len == 0) ||
        (known != NULL ? sip_str_same(known->ns, ns) : prefix.len == 0 && ns.len == 0)) {
        return;
    }
    (void)bind(w, prefix, ns, element->first_binding, false);
}

void sip__xml_declare_all(sip__xml_writer *w, const sip__xml_element *element,
                          const sip_xml_attribute *attributes)
{
    for (; attributes != NULL; attributes = attributes->next) {
        if (sip_str_equal(attributes->ns, SIP_XML_NS_XMLNS)) {
            sip__xml_declare(w, element, attributes->name, attributes->value);
        }
    }
}

static void put_declarations(sip__xml_writer *w, unsigned from)
{
    for (unsigned i = from; i < w->n_bindings; i++) {
        put_text(w, w->bindings[i].prefix.len > 0 ? " xmlns:" : " xmlns");
        put_str(w, w->bindings[i].prefix);
        put_text(w, "=\"");
        put_escaped(w, w->bindings[i].ns, true);
        put_text(w, "\"");
    }
}

/* An element of no namespace cannot stand in the reach of a default namespace. */
static sip_str prefix_of_none(sip__xml_writer *w, const sip__xml_element *element)
{
    const sip__xml_binding *inherited = bound(w, (sip_str){NULL, 0}, 0);

    if (inherited != NULL && inherited->ns.len > 0) {
        if (bound(w, (sip_str){NULL, 0}, element->first_binding) != NULL) {
            fail(w, SIP_EINVAL);
        } else {
            (void)bind(w, (sip_str){NULL, 0}, (sip_str){NULL, 0}, element->first_binding, false);
        }
    }
    return (sip_str){NULL, 0};
}

static sip_str prefix_of(sip__xml_writer *w, const sip__xml_element *element, sip_str ns,
                         sip_str wish)
{
    const sip__xml_binding *binding;

    if (ns.len == 0) {
        return prefix_of_none(w, element);
    }
    binding = binding_of(w, ns, wish, false);
    if (binding == NULL) {
        binding = bind(w, wish, ns, element->first_binding, false);
    }
    return binding != NULL ? binding->prefix : (sip_str){NULL, 0};
}

static void put_name(sip__xml_writer *w, sip_str prefix, sip_str name)
{
    if (!is_name(name)) {
        fail(w, SIP_EINVAL);
        return;
    }
    put_str(w, prefix);
    put_text(w, prefix.len > 0 ? ":" : "");
    put_str(w, name);
}

void sip__xml_open(sip__xml_writer *w, sip__xml_element *element, sip_str ns, sip_str wish,
                   sip_str name)
{
    element->prefix = prefix_of(w, element, ns, wish);
    element->name = name;
    put_text(w, "<");
    put_name(w, element->prefix, name);
    put_declarations(w, element->first_binding);
    w->tag_is_open = true;
}

static sip_str attribute_prefix(sip__xml_writer *w, const sip_xml_attribute *attribute)
{
    const sip__xml_binding *binding;

    if (attribute->ns.len == 0) {
        return (sip_str){NULL, 0};
    }
    if (sip_str_equal(attribute->ns, SIP_XML_NS_XML)) {
        return SIP_STR("xml");
    }
    binding = binding_of(w, attribute->ns, attribute->prefix, true);
    if (binding == NULL) {
        binding = bind(w, attribute->prefix, attribute->ns, 0, true);
    }
    return binding != NULL ? binding->prefix : (sip_str){NULL, 0};
}

void sip__xml_attribute_out(sip__xml_writer *w, const sip_xml_attribute *attribute)
{
    const unsigned before = w->n_bindings;
    const sip_str prefix = attribute_prefix(w, attribute);

    put_declarations(w, before);
    put_text(w, " ");
    put_name(w, prefix, attribute->name);
    put_text(w, "=\"");
    put_escaped(w, attribute->value, true);
    put_text(w, "\"");
}

void sip__xml_attributes_out(sip__xml_writer *w, const sip_xml_attribute *attributes)
{
    for (; attributes != NULL; attributes = attributes->next) {
        if (!sip_str_equal(attributes->ns, SIP_XML_NS_XMLNS)) {
            sip__xml_attribute_out(w, attributes);
        }
    }
}

void sip__xml_text_out(sip__xml_writer *w, sip_str text)
{
    if (text.len == 0) {
        return;
    }
    if (w->tag_is_open) {
        put_text(w, ">");
        w->tag_is_open = false;
    }
    put_escaped(w, text, false);
}

void sip__xml_end(sip__xml_writer *w, const sip__xml_element *element)
{
    if (w->tag_is_open) {
        put_text(w, "/>");
        w->tag_is_open = false;
    } else {
        put_text(w, "</");
        put_name(w, element->prefix, element->name);
        put_text(w, ">");
    }
    w->n_bindings = element->first_binding;
    w->depth--;
}

void sip__xml_prolog_out(sip__xml_writer *w)
{
    put_text(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

void sip__xml_node_out(sip__xml_writer *w, const sip_xml *node)
{
    sip__xml_element element;

    if (node->name.len == 0) {
        sip__xml_text_out(w, node->text);
        return;
    }
    sip__xml_begin(w, &element);
    sip__xml_declare_all(w, &element, node->attributes);
    sip__xml_open(w, &element, node->ns, node->prefix, node->name);
    sip__xml_attributes_out(w, node->attributes);
    for (const sip_xml *child = node->children; child != NULL && w->err == 0; child = child->next) {
        sip__xml_node_out(w, child);
    }
    sip__xml_end(w, &element);
}
