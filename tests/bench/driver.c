/* The template driver of every bench of a server's side: no stack, fixed messages with a number
 * patched in, recvmmsg and sendmmsg, a window of calls in flight. All subjects and the bare limit
 * get the same datagrams from it.
 *
 *     driver calls|options|idle HOST PORT COUNT WINDOW CPU
 *
 * calls: INVITE, 180 if there is one, 200, ACK, BYE, 200. options: OPTIONS, 200. idle: INVITE to
 * "idle", 180, and no more of it. COUNT with an "s" behind it is how many seconds to go on for.
 * Nothing is sent twice; if nothing comes for 3 s the run has lost a datagram and fails. Ids carry
 * a salt of the run, so that one server can be driven again without taking it for a merged request.
 * Prints one JSON object. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define OUT_SLOTS 256
#define MESSAGE_BYTES 2048
#define MAX_WINDOW 4096

static const char sdp[] = "v=0\r\no=bench 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
                          "t=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

enum kind {
    INVITE,
    ACK,
    BYE,
    OPTIONS,
    KINDS
};

static const char *const names[KINDS] = {"INVITE", "ACK", "BYE", "OPTIONS"};

struct response_sizes {
    unsigned long long count, bytes;
};

static struct driver {
    int fd;
    bool calls, idle;
    double seconds; /* 0: `count` decides */
    char host[64];
    int port;
    int local_port;
    struct sockaddr_in peer;
    uint32_t salt;
    uint32_t started, finished, count, window;
    unsigned long long repeats; /* responses of calls that were past them */
    struct response_sizes provisional, final, bye;
    uint8_t state[MAX_WINDOW]; /* 0 waits for the final response to the first request, 1 for the one
                                  to BYE */
    uint32_t number[MAX_WINDOW]; /* which of its calls a slot of the window is at */
    char out[OUT_SLOTS][MESSAGE_BYTES];
    struct mmsghdr headers[OUT_SLOTS];
    struct iovec vectors[OUT_SLOTS];
    unsigned queued;
} d;

static void die(const char *what)
{
    fprintf(stderr, "driver: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void flush_out(void)
{
    unsigned done = 0;

    while (done < d.queued) {
        int n = sendmmsg(d.fd, d.headers + done, d.queued - done, 0);

        if (n < 0 && errno != EINTR && errno != ENOBUFS) {
            die("sendmmsg");
        }
        done += n > 0 ? (unsigned)n : 0;
    }
    d.queued = 0;
}

/* `to_tag` is what follows the URI in To: ";tag=…" or nothing. */
static void queue_message(enum kind kind, uint32_t number, const char *to_tag)
{
    bool has_body = kind == INVITE;
    char *out;
    int n;

    if (d.queued == OUT_SLOTS) {
        flush_out();
    }
    out = d.out[d.queued];
    n = snprintf(out, MESSAGE_BYTES,
                 "%s sip:%s@%s:%d SIP/2.0\r\n"
                 "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK-bench-%08x%08x-%c\r\n"
                 "From: \"Bench\" <sip:bench@127.0.0.1:%d>;tag=f%08x%08x\r\n"
                 "To: <sip:service@%s:%d>%s\r\n"
                 "Call-ID: %08x-%08x@bench\r\n"
                 "CSeq: %d %s\r\n"
                 "Contact: <sip:bench@127.0.0.1:%d>\r\n"
                 "Max-Forwards: 70\r\n"
                 "Subject: Performance Test\r\n"
                 "%sContent-Length: %zu\r\n\r\n%s",
                 names[kind], d.idle ? "idle" : "service", d.host, d.port, d.local_port, d.salt,
                 number, names[kind][0], d.local_port, d.salt, number, d.host, d.port, to_tag,
                 d.salt, number, kind == BYE ? 2 : 1, names[kind], d.local_port,
                 has_body ? "Content-Type: application/sdp\r\n" : "", has_body ? sizeof sdp - 1 : 0,
                 has_body ? sdp : "");
    if (n < 0 || n >= MESSAGE_BYTES) {
        errno = EMSGSIZE;
        die("template");
    }
    d.vectors[d.queued] = (struct iovec){out, (size_t)n};
    d.headers[d.queued].msg_hdr = (struct msghdr){
        .msg_name = &d.peer,
        .msg_namelen = sizeof d.peer,
        .msg_iov = &d.vectors[d.queued],
        .msg_iovlen = 1,
    };
    d.queued++;
}

static void start_next(uint32_t slot)
{
    if (d.started == d.count) {
        return;
    }
    d.started++;
    d.number[slot] = (d.number[slot] + 1) % (UINT32_MAX / MAX_WINDOW);
    d.state[slot] = 0;
    queue_message(d.calls ? INVITE : OPTIONS, d.number[slot] * MAX_WINDOW + slot, "");
}

/* The slot and call that a response is about: eight hex digits before "@bench". */
static bool read_number(const char *bytes, size_t len, uint32_t *ret_number)
{
    const char *at = memmem(bytes, len, "@bench", 6);
    char digits[9] = {0};

    if (at == NULL || at - bytes < 8) {
        return false;
    }
    memcpy(digits, at - 8, 8);
    *ret_number = (uint32_t)strtoul(digits, NULL, 16);
    return true;
}

/* ";tag=…" of the To header. */
static void read_to_tag(const char *bytes, size_t len, char tag[128])
{
    const char *to = memmem(bytes, len, "\r\nTo:", 5);
    const char *end = to == NULL ? NULL : memchr(to + 2, '\r', len - (size_t)(to + 2 - bytes));
    const char *at = end == NULL ? NULL : memmem(to, (size_t)(end - to), ";tag=", 5);
    size_t n = at == NULL ? 0 : (size_t)(end - at);

    n = n < 127 ? n : 127;
    memcpy(tag, at == NULL ? "" : at, n);
    tag[n] = '\0';
}

static void count_bytes(struct response_sizes *sizes, size_t len)
{
    sizes->count++;
    sizes->bytes += len;
}

static void on_final(uint32_t slot, uint32_t number, bool is_bye, const char *bytes, size_t len)
{
    if (d.calls && !is_bye && d.state[slot] == 0) {
        char tag[128];

        count_bytes(&d.final, len);
        read_to_tag(bytes, len, tag);
        d.state[slot] = 1;
        queue_message(ACK, number, tag);
        queue_message(BYE, number, tag);
    } else if (is_bye ? d.state[slot] == 1 : !d.calls && d.state[slot] == 0) {
        count_bytes(is_bye ? &d.bye : &d.final, len);
        d.state[slot] = 2;
        d.finished++;
        start_next(slot);
    } else {
        d.repeats++;
    }
}

static void on_response(const char *bytes, size_t len)
{
    const char *cseq = memmem(bytes, len, "\r\nCSeq: ", 8);
    uint32_t number;

    if (len < 16 || memcmp(bytes, "SIP/2.0 ", 8) != 0 || cseq == NULL ||
        !read_number(bytes, len, &number)) {
        return;
    }
    if (d.number[number % MAX_WINDOW] != number / MAX_WINDOW) {
        d.repeats++;
    } else if (bytes[8] == '1') {
        count_bytes(&d.provisional, len);
        if (d.idle && bytes[10] == '0' && bytes[9] == '8') {
            d.finished++;
            start_next(number % MAX_WINDOW);
        }
    } else if (bytes[8] == '2') {
        on_final(number % MAX_WINDOW, number, cseq[10] == 'B', bytes, len);
    } else {
        fprintf(stderr, "driver: refused: %.*s\n", 40, bytes);
        exit(1);
    }
}

/* Some responses; false when none came for 3 s. */
static bool receive(void)
{
    static char buffers[BATCH][MESSAGE_BYTES];
    static struct mmsghdr headers[BATCH];
    static struct iovec vectors[BATCH];
    int n;

    for (unsigned i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){buffers[i], MESSAGE_BYTES};
        headers[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
    }
    n = recvmmsg(d.fd, headers, BATCH, MSG_WAITFORONE, NULL);
    if (n < 0) {
        return errno == EINTR || errno == ECONNREFUSED;
    }
    for (int i = 0; i < n; i++) {
        on_response(buffers[i], headers[i].msg_len);
    }
    flush_out();
    return true;
}

static void open_socket(void)
{
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof local;
    struct timeval patience = {.tv_sec = 3};
    int big = 8 << 20;

    d.fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (d.fd < 0 || bind(d.fd, (struct sockaddr *)&local, sizeof local) != 0 ||
        getsockname(d.fd, (struct sockaddr *)&local, &len) != 0 ||
        setsockopt(d.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) {
        die("socket");
    }
    if (setsockopt(d.fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big) != 0) {
        setsockopt(d.fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
    }
    d.local_port = ntohs(local.sin_port);
}

static double average(const struct response_sizes *sizes)
{
    return sizes->count == 0 ? 0 : (double)sizes->bytes / (double)sizes->count;
}

static double seconds_between(const struct timespec *begin, const struct timespec *end)
{
    return (double)(end->tv_sec - begin->tv_sec) + (double)(end->tv_nsec - begin->tv_nsec) * 1e-9;
}

static void print_result(double seconds)
{
    printf("{\"finished\": %u, \"wanted\": %u, \"lost\": %u, \"repeats\": %llu, \"seconds\": %.4f, "
           "\"provisional_bytes\": %.1f, \"final_bytes\": %.1f, \"bye_bytes\": %.1f}\n",
           d.finished, d.count, d.started - d.finished, d.repeats, seconds, average(&d.provisional),
           average(&d.final), average(&d.bye));
}

int main(int argc, char **argv)
{
    struct timespec begin, end;
    bool going = true;
    cpu_set_t cpus;

    if (argc != 7) {
        fprintf(stderr, "usage: driver calls|options HOST PORT COUNT WINDOW CPU\n");
        return 2;
    }
    d.idle = strcmp(argv[1], "idle") == 0;
    d.calls = d.idle || strcmp(argv[1], "calls") == 0;
    snprintf(d.host, sizeof d.host, "%s", argv[2]);
    d.port = atoi(argv[3]);
    d.count = (uint32_t)strtoul(argv[4], NULL, 10);
    if (strchr(argv[4], 's') != NULL) {
        d.seconds = d.count;
        d.count = UINT32_MAX;
    }
    d.window = (uint32_t)strtoul(argv[5], NULL, 10);
    d.window = d.window < MAX_WINDOW ? d.window : MAX_WINDOW;
    CPU_ZERO(&cpus);
    CPU_SET((size_t)atoi(argv[6]), &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
    open_socket();
    d.peer = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)d.port)};
    inet_pton(AF_INET, d.host, &d.peer.sin_addr);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    d.salt = (uint32_t)getpid() << 20 ^ (uint32_t)begin.tv_sec << 10 ^ (uint32_t)begin.tv_nsec;
    for (uint32_t slot = 0; slot < d.window; slot++) {
        start_next(slot);
    }
    flush_out();
    while (going && d.finished < d.count) {
        going = receive();
        clock_gettime(CLOCK_MONOTONIC, &end);
        if (d.seconds > 0 && d.count == UINT32_MAX && seconds_between(&begin, &end) >= d.seconds) {
            d.count = d.started; /* those under way are finished */
        }
    }
    print_result(seconds_between(&begin, &end));
    return d.finished == d.count ? 0 : 1;
}
