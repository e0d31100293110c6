#include "sim/world/elder.h"

#include <stdio.h>
#include <string.h>

#define ELDER_BYTES 1500

static const sip_addr elder_addr = {.ip = {10, 0, 0, 200}, .port = 5060, .family = SIP_FAMILY_IP4};

static void print(globe *it, const char *to, const char *format, ...) SIP_PRINTF(3, 4);

static void print(globe *it, const char *to, const char *format, ...)
{
    char text[ELDER_BYTES];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len > 0 && (size_t)len < sizeof text) {
        (void)sip_sim_inject(it->sim, &elder_addr, to, (sip_str){text, (size_t)len});
    }
}

/* What its requests of one call have in common; the method stands twice. */
#define ELDER_REQUEST                                                                              \
    "%s sip:%s@%s SIP/2.0\r\n"                                                                     \
    "Via: SIP/2.0/UDP 10.0.0.200:5060\r\n"                                                         \
    "From: <sip:elder@10.0.0.200>;tag=e%u\r\n"                                                     \
    "To: %s\r\n"                                                                                   \
    "Call-ID: %u.%s.%s@elder\r\n"                                                                  \
    "CSeq: 7 %s\r\n"                                                                               \
    "Max-Forwards: 70\r\n"                                                                         \
    "Contact: <sip:elder@10.0.0.200>\r\n"                                                          \
    "Content-Length: 0\r\n\r\n"

void elder_send(globe *it, const char *method, const char *user, const actor *to, bool cancels)
{
    unsigned n = ++it->elder_calls;
    char whom[64];

    (void)snprintf(whom, sizeof whom, "<sip:%s@%s>", user, to->name);
    print(it, to->name, ELDER_REQUEST, method, user, to->name, n, whom, n, user, to->name, method);
    if (cancels) {
        print(it, to->name, ELDER_REQUEST, "CANCEL", user, to->name, n, whom, n, user, to->name,
              "CANCEL");
    }
}

/* Copy the rest of the line behind `name`. */
static bool line_of(sip_str bytes, const char *name, char *out, size_t size)
{
    size_t len = strlen(name);

    for (size_t i = 0; i + len < bytes.len; i++) {
        if (memcmp(bytes.ptr + i, name, len) == 0) {
            const char *at = bytes.ptr + i + len;
            const char *end = memchr(at, '\r', bytes.len - i - len);

            if (end == NULL || (size_t)(end - at) >= size) {
                return false;
            }
            memcpy(out, at, (size_t)(end - at));
            out[end - at] = '\0';
            return true;
        }
    }
    return false;
}

void elder_on_wire(globe *it, const sip_sim_event *event)
{
    char to[160], call[96], cseq[32], user[48], name[8];
    unsigned n;

    if (event->kind != SIP_SIM_SENT || !sip_addr_same_host(&event->to, &elder_addr) ||
        event->bytes.len < 12 || memcmp(event->bytes.ptr, "SIP/2.0 ", 8) != 0 ||
        event->bytes.ptr[8] < '2' || !line_of(event->bytes, "\nCSeq: ", cseq, sizeof cseq) ||
        strcmp(cseq, "7 INVITE") != 0) {
        return;
    }
    if (line_of(event->bytes, "\nTo: ", to, sizeof to) &&
        line_of(event->bytes, "\nCall-ID: ", call, sizeof call) &&
        sscanf(call, "%u.%47[^.].%7[^@]@elder", &n, user, name) == 3) {
        print(it, name, ELDER_REQUEST, "ACK", user, name, n, to, n, user, name, "ACK");
    }
}
