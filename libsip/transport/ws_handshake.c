#include "transport/ws_handshake.h"
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 1.3 */
#define KEY_LETTERS (SIP__WS_KEY_BYTES - 1)

size_t sip__ws_head_bytes(sip_str bytes, size_t seen)
{
    size_t at;

    for (at = seen < 4 ? 4 : seen + 1; at <= bytes.len; at++) {
        if (memcmp(bytes.ptr + at - 4, "\r\n\r\n", 4) == 0) {
            return at;
        }
    }
    return 0;
}

/* Cut the next line off `rest`; false at the end. */
static bool next_line(sip_str *rest, sip_str *ret_line)
{
    const char *end = rest->len > 1 ? memchr(rest->ptr, '\r', rest->len - 1) : NULL;

    if (end == NULL || end[1] != '\n') {
        return false;
    }
    ret_line->ptr = rest->ptr;
    ret_line->len = (size_t)(end - rest->ptr);
    rest->len -= ret_line->len + 2;
    rest->ptr = end + 2;
    return true;
}

/* The next header of a name, after the start line; false if there is none. */
static bool next_header(sip_str *rest, const char *name, sip_str *ret_value)
{
    sip_str line;

    while (next_line(rest, &line)) {
        const char *colon = line.len > 0 ? memchr(line.ptr, ':', line.len) : NULL;
        sip_str found = {line.ptr, colon != NULL ? (size_t)(colon - line.ptr) : 0};

        if (colon != NULL && sip_str_equal_nocase(found, name)) {
            ret_value->ptr = colon + 1;
            ret_value->len = line.len - found.len - 1;
            *ret_value = sip_str_trim(*ret_value);
            return true;
        }
    }
    return false;
}

/* The value of a header that may stand once; empty if it is missing or stands twice. */
static sip_str only_header(sip_str headers, const char *name)
{
    sip_str value = {NULL, 0};
    sip_str second;

    if (!next_header(&headers, name, &value) || next_header(&headers, name, &second)) {
        value.ptr = NULL;
        value.len = 0;
    }
    return value;
}

static bool has_header(sip_str headers, const char *name)
{
    sip_str value;

    return next_header(&headers, name, &value);
}

/* True if a list, over any number of lines, has the token. */
static bool has_token(sip_str headers, const char *name, const char *token, bool any_case)
{
    sip_str list;

    while (next_header(&headers, name, &list)) {
        while (list.len > 0) {
            const char *comma = memchr(list.ptr, ',', list.len);
            sip_str item = {list.ptr, comma != NULL ? (size_t)(comma - list.ptr) : list.len};
            size_t used = item.len + (comma != NULL ? 1 : 0);

            list.ptr += used;
            list.len -= used;
            item = sip_str_trim(item);
            if (any_case ? sip_str_equal_nocase(item, token) : sip_str_equal(item, token)) {
                return true;
            }
        }
    }
    return false;
}

/* A name and right after it its colon; a blank before the name would fold the line into the one
 * above, and others might read a blank after it otherwise. */
static bool has_name(sip_str line)
{
    size_t i;

    for (i = 0; i < line.len && line.ptr[i] != ':'; i++) {
        if (line.ptr[i] == ' ' || line.ptr[i] == '\t') {
            return false;
        }
    }
    return i > 0 && i < line.len;
}

static bool has_controls(sip_str line)
{
    size_t i;

    for (i = 0; i < line.len; i++) {
        if ((unsigned char)line.ptr[i] < ' ' && line.ptr[i] != '\t') {
            return true;
        }
    }
    return false;
}

/* A head has only lines of visible bytes, each with a name, none folded. */
static bool is_clean(sip_str headers)
{
    sip_str line;

    while (next_line(&headers, &line)) {
        if (has_controls(line) || (line.len > 0 && !has_name(line))) {
            return false;
        }
    }
    return headers.len == 0;
}

/* 24 letters that are 16 bytes in base64. */
static bool is_key(sip_str key)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t i;

    if (key.len != KEY_LETTERS || memcmp(key.ptr + KEY_LETTERS - 2, "==", 2) != 0) {
        return false;
    }
    for (i = 0; i < KEY_LETTERS - 2; i++) {
        if (memchr(letters, key.ptr[i], sizeof(letters) - 1) == NULL) {
            return false;
        }
    }
    return true;
}

/* "GET /path HTTP/1.1". */
static sip__ws_verdict read_request_line(sip_str line, sip_str *ret_path)
{
    static const sip__ws_verdict fine = {0, ""}, method = {405, "only GET is understood"},
                                 broken = {400, "no HTTP request"}, version = {505, "not HTTP/1.1"};
    static const char protocol[] = " HTTP/1.1";
    size_t tail = sizeof(protocol) - 1;
    const char *blank = line.len > 0 ? memchr(line.ptr, ' ', line.len) : NULL;
    sip_str path;

    if (blank == NULL || blank == line.ptr) {
        return broken;
    }
    if (blank - line.ptr != 3 || memcmp(line.ptr, "GET", 3) != 0) {
        return method;
    }
    path.ptr = blank + 1;
    path.len = line.len - 4;
    if (path.len <= tail || memcmp(path.ptr + path.len - tail, protocol, tail) != 0) {
        return path.len > 0 && memchr(path.ptr, ' ', path.len) != NULL ? version : broken;
    }
    path.len -= tail;
    if (*path.ptr != '/' || memchr(path.ptr, ' ', path.len) != NULL) {
        return broken;
    }
    *ret_path = path;
    return fine;
}

static sip__ws_verdict judge(sip_str headers, const sip__ws_request *request)
{
    sip__ws_verdict verdict = {400, NULL};

    if (request->host.len == 0) {
        verdict.text = "one Host is wanted";
    } else if (request->origin.len == 0 && has_header(headers, "Origin")) {
        verdict.text = "at most one Origin is wanted";
    } else if (!has_token(headers, "Upgrade", "websocket", true) ||
               !has_token(headers, "Connection", "upgrade", true)) {
        verdict.status = 426;
        verdict.text = "only WebSocket is spoken here";
    } else if (!sip_str_equal(only_header(headers, "Sec-WebSocket-Version"), "13")) {
        verdict.status = 426;
        verdict.text = "Sec-WebSocket-Version 13 is wanted";
    } else if (!is_key(request->key)) {
        verdict.text = "no valid Sec-WebSocket-Key";
    } else if (!has_token(headers, "Sec-WebSocket-Protocol", "sip", false)) {
        verdict.text = "the subprotocol sip is not offered";
    } else {
        verdict.status = 0;
        verdict.text = "";
    }
    return verdict;
}

int sip__ws_read_request(sip_str head, sip__ws_request *ret_request, sip__ws_verdict *ret_verdict)
{
    static const sip__ws_verdict broken = {400, "a malformed header line"};
    sip__ws_request request;
    sip_str line = {NULL, 0};
    sip__ws_verdict verdict;

    (void)next_line(&head, &line);
    verdict = read_request_line(line, &request.path);
    if (verdict.status == 0 && !is_clean(head)) {
        verdict = broken;
    }
    if (verdict.status == 0) {
        request.host = only_header(head, "Host");
        request.origin = only_header(head, "Origin");
        request.key = only_header(head, "Sec-WebSocket-Key");
        verdict = judge(head, &request);
    }
    if (verdict.status != 0) {
        *ret_verdict = verdict;
        return SIP_ESYNTAX;
    }
    *ret_request = request;
    return 0;
}

/* Why a client does not go on after this head; NULL: it does. */
static const char *refuse_response(sip_str headers, const char *key)
{
    char accept[SIP__WS_ACCEPT_BYTES];

    if (!is_clean(headers)) {
        return "its answer has a malformed header line";
    }
    if (!has_token(headers, "Upgrade", "websocket", true) ||
        !has_token(headers, "Connection", "upgrade", true)) {
        return "its answer does not upgrade to websocket";
    }
    if (sip__ws_accept_of(sip_str_of(key), accept) != 0) {
        return "out of memory";
    }
    if (!sip_str_equal(only_header(headers, "Sec-WebSocket-Accept"), accept)) {
        return "its Sec-WebSocket-Accept does not belong to our key";
    }
    if (has_header(headers, "Sec-WebSocket-Extensions")) {
        return "it uses an extension that was not asked for";
    }
    if (!sip_str_equal(only_header(headers, "Sec-WebSocket-Protocol"), "sip")) {
        return "it does not speak the subprotocol sip";
    }
    return NULL;
}

int sip__ws_read_response(sip_str head, const char *key, char *text, size_t size)
{
    static const char begin[] = "HTTP/1.1 ";
    sip_str line = {NULL, 0};
    const char *why;

    (void)next_line(&head, &line);
    if (line.len < sizeof(begin) + 2 || memcmp(line.ptr, begin, sizeof(begin) - 1) != 0 ||
        has_controls(line)) {
        (void)snprintf(text, size, "the WebSocket handshake failed: the peer does not speak HTTP");
        return SIP_EIO;
    }
    line.ptr += sizeof(begin) - 1;
    line.len -= sizeof(begin) - 1;
    if (memcmp(line.ptr, "101", 3) != 0 || (line.len > 3 && line.ptr[3] != ' ')) {
        (void)snprintf(text, size, "the WebSocket handshake was refused: %.*s",
                       (int)(line.len > 60 ? 60 : line.len), line.ptr);
        return SIP_EIO;
    }
    why = refuse_response(head, key);
    if (why != NULL) {
        (void)snprintf(text, size, "the WebSocket handshake failed: %s", why);
        return SIP_EIO;
    }
    return 0;
}

void sip__ws_make_key(const sip_random *random, char out[SIP__WS_KEY_BYTES])
{
    unsigned char bytes[16];

    sip_random_fill(random, bytes, sizeof(bytes));
    (void)EVP_EncodeBlock((unsigned char *)out, bytes, sizeof(bytes));
}

int sip__ws_accept_of(sip_str key, char out[SIP__WS_ACCEPT_BYTES])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    char text[KEY_LETTERS + sizeof(GUID)];
    unsigned len;

    if (key.len != KEY_LETTERS) {
        return SIP_EINVAL;
    }
    memcpy(text, key.ptr, KEY_LETTERS);
    memcpy(text + KEY_LETTERS, GUID, sizeof(GUID));
    if (EVP_Digest(text, sizeof(text) - 1, hash, &len, EVP_sha1(), NULL) != 1) {
        return SIP_ENOMEM;
    }
    (void)EVP_EncodeBlock((unsigned char *)out, hash, (int)len);
    return 0;
}

int sip__ws_print_request(const char *path, const char *host, const char *key, char *out,
                          size_t size)
{
    return snprintf(out, size,
                    "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Protocol: sip\r\n\r\n",
                    path, host, key);
}

int sip__ws_print_response(const char *accept, char *out, size_t size)
{
    return snprintf(out, size,
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
                    "Sec-WebSocket-Protocol: sip\r\n\r\n",
                    accept);
}

static const char *phrase_of(int status)
{
    switch (status) {
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 426:
        return "Upgrade Required";
    case 431:
        return "Request Header Fields Too Large";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Bad Request";
    }
}

int sip__ws_print_refusal(const sip__ws_verdict *verdict, char *out, size_t size)
{
    const char *more = "";

    if (verdict->status == 426) {
        more = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"; /* RFC 6455 4.4 */
    } else if (verdict->status == 405) {
        more = "Allow: GET\r\n";
    }
    return snprintf(out, size,
                    "HTTP/1.1 %d %s\r\n%sConnection: close\r\nContent-Type: text/plain\r\n"
                    "Content-Length: %zu\r\n\r\n%s\n",
                    verdict->status, phrase_of(verdict->status), more, strlen(verdict->text) + 1,
                    verdict->text);
}
