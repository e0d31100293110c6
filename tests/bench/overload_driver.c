/* The caller of ./dev bench overload: calls at a rate that does not heed what the server does, with
 * the repetitions of RFC 3261, after the server's best has been measured with a window of calls.
 *
 *     overload_driver deaf|heeding PORT CPU SECONDS_PEAK TIMES SECONDS_OVER SECONDS_AFTER
 *
 * First a window of calls for SECONDS_PEAK, then TIMES as many calls a second as that gave, then
 * half as many. A call is INVITE, 200, ACK, BYE, 200; or INVITE, 503, ACK. Who heeds offers oc in
 * Via and does not begin the share of calls that the server says is too much (RFC 7339). Prints a
 * JSON object for each second. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define OUT_SLOTS 256
#define MESSAGE_BYTES 1400
#define CALLS (1u << 21) /* that may be under way; a power of two */
#define WINDOW 64
#define LEVELS 7 /* repetitions after 0.5, 1, 2, 4 s …, then a call is given up */
#define T1_NS 500000000u

static const char sdp[] = "v=0\r\no=bench 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
                          "t=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

enum call_state {
    CALL_NONE,
    CALL_INVITED,
    CALL_ANSWERED /* BYE is under way */
};

typedef struct call {
    uint64_t began_ns;
    uint32_t number;
    uint8_t state, level;
    char tag[54];
} call;

/* Calls that are to be repeated, those due first first: one line for each number of repetitions. */
typedef struct line {
    uint32_t *numbers;
    uint64_t *due_ns;
    uint32_t first, count;
} line;

static struct driver {
    int fd, port, local_port;
    struct sockaddr_in peer;
    uint32_t salt, next;
    call *calls;
    line lines[LEVELS];
    char out[OUT_SLOTS][MESSAGE_BYTES];
    struct mmsghdr headers[OUT_SLOTS];
    struct iovec vectors[OUT_SLOTS];
    unsigned queued;
    /* of the present second */
    uint32_t started, finished, refused, repeated, given_up, late;
    uint64_t setup_ns, most_setup_ns;
    uint32_t answered;
    uint32_t under_way;
    bool closed_loop; /* a call that ends begins the next */
    bool heeds;
    uint32_t held; /* calls not begun, as the server asks */
    unsigned loss; /* per cent */
    uint64_t loss_until_ns, noise;
} d;

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "overload_driver: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void flush_out(void)
{
    unsigned done = 0;

    while (done < d.queued) {
        int n = sendmmsg(d.fd, d.headers + done, d.queued - done, 0);

        if (n < 0 && errno != EINTR && errno != ENOBUFS && errno != ECONNREFUSED) {
            die("sendmmsg");
        }
        done += n > 0 ? (unsigned)n : 0;
    }
    d.queued = 0;
}

/* `tag` is what follows the URI in To: ";tag=…" or nothing. */
static void queue_message(const char *method, uint32_t number, const char *tag)
{
    bool is_invite = method[0] == 'I';
    char *out;
    int n;

    if (d.queued == OUT_SLOTS) {
        flush_out();
    }
    out = d.out[d.queued];
    n = snprintf(out, MESSAGE_BYTES,
                 "%s sip:service@127.0.0.1:%d SIP/2.0\r\n"
                 "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK-over-%08x%08x-%c%s\r\n"
                 "From: \"Bench\" <sip:bench@127.0.0.1:%d>;tag=f%08x%08x\r\n"
                 "To: <sip:service@127.0.0.1:%d>%s\r\n"
                 "Call-ID: %08x-%08x@bench\r\n"
                 "CSeq: %d %s\r\n"
                 "Contact: <sip:bench@127.0.0.1:%d>\r\n"
                 "Max-Forwards: 70\r\n"
                 "%sContent-Length: %zu\r\n\r\n%s",
                 method, d.port, d.local_port, d.salt, number, method[0],
                 d.heeds ? ";oc;oc-algo=\"loss\"" : "", d.local_port, d.salt, number, d.port, tag,
                 d.salt, number, method[0] == 'B' ? 2 : 1, method, d.local_port,
                 is_invite ? "Content-Type: application/sdp\r\n" : "",
                 is_invite ? sizeof sdp - 1 : 0, is_invite ? sdp : "");
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

/* The ACK to a refusal has the INVITE's branch (RFC 3261 17.1.1.3). */
static void acknowledge_refusal(uint32_t number, const char *tag)
{
    char *branch;

    queue_message("ACK", number, tag);
    branch = memmem(d.out[d.queued - 1], MESSAGE_BYTES, d.heeds ? "-A;" : "-A\r", 3);
    branch[1] = 'I';
}

static void repeat_later(uint32_t number, uint8_t level, uint64_t from_ns)
{
    line *it = &d.lines[level];
    uint32_t at = (it->first + it->count) % CALLS;

    if (it->count == CALLS) {
        return;
    }
    it->numbers[at] = number;
    it->due_ns[at] = from_ns + ((uint64_t)T1_NS << (level < 3 ? level : 3));
    it->count++;
}

static void end_call(call *its)
{
    its->state = CALL_NONE;
    d.under_way--;
}

static void start_call(uint64_t at_ns)
{
    call *its = &d.calls[d.next % CALLS];

    if (its->state != CALL_NONE) {
        end_call(its); /* two million later nobody waits for it */
        d.given_up++;
    }
    *its = (call){.began_ns = at_ns, .number = d.next++, .state = CALL_INVITED};
    d.under_way++;
    d.started++;
    queue_message("INVITE", its->number, "");
    repeat_later(its->number, 0, at_ns);
}

static void repeat_due(uint64_t at_ns)
{
    for (uint8_t level = 0; level < LEVELS; level++) {
        line *it = &d.lines[level];

        while (it->count > 0 && it->due_ns[it->first] <= at_ns) {
            call *its = &d.calls[it->numbers[it->first] % CALLS];
            bool same = its->number == it->numbers[it->first] && its->state != CALL_NONE &&
                        its->level == level;

            it->first = (it->first + 1) % CALLS;
            it->count--;
            if (!same) {
                continue;
            }
            if (level + 1 == LEVELS) {
                d.given_up++;
                end_call(its);
                continue;
            }
            d.repeated++;
            its->level++;
            queue_message(its->state == CALL_INVITED ? "INVITE" : "BYE", its->number, its->tag);
            repeat_later(its->number, its->level, at_ns);
        }
    }
}

/* Eight hex digits before "@bench". */
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
static void read_tag(const char *bytes, size_t len, char tag[54])
{
    const char *to = memmem(bytes, len, "\r\nTo:", 5);
    const char *end = to == NULL ? NULL : memchr(to + 2, '\r', len - (size_t)(to + 2 - bytes));
    const char *at = end == NULL ? NULL : memmem(to, (size_t)(end - to), ";tag=", 5);
    size_t n = at == NULL ? 0 : (size_t)(end - at);

    n = n < 53 ? n : 53;
    memcpy(tag, at == NULL ? "" : at, n);
    tag[n] = '\0';
}

static void on_answered(call *its, const char *bytes, size_t len, uint64_t at_ns)
{
    uint64_t took_ns = at_ns - its->began_ns;

    read_tag(bytes, len, its->tag);
    d.answered++;
    d.setup_ns += took_ns;
    d.most_setup_ns = took_ns > d.most_setup_ns ? took_ns : d.most_setup_ns;
    d.late += took_ns > 1000000000u ? 1 : 0;
    its->state = CALL_ANSWERED;
    its->level = 0;
    queue_message("ACK", its->number, its->tag);
    queue_message("BYE", its->number, its->tag);
    repeat_later(its->number, 0, at_ns);
}

static void on_ended(call *its, uint32_t *counter)
{
    (*counter)++;
    end_call(its);
    if (d.closed_loop) {
        start_call(now_ns());
    }
}

/* What the server says of its load. */
static void heed(const char *bytes, size_t len, uint64_t at_ns)
{
    const char *oc = memmem(bytes, len, ";oc=", 4);
    const char *validity = oc == NULL ? NULL : memmem(oc, 80, "oc-validity=", 12);

    if (validity != NULL) {
        d.loss = (unsigned)strtoul(oc + 4, NULL, 10);
        d.loss_until_ns = at_ns + strtoul(validity + 12, NULL, 10) * 1000000u;
    }
}

static bool is_held_back(uint64_t at_ns)
{
    d.noise = d.noise * 6364136223846793005u + 1442695040888963407u;
    return at_ns < d.loss_until_ns && (d.noise >> 33) % 100 < d.loss;
}

static void on_response(const char *bytes, size_t len, uint64_t at_ns)
{
    const char *cseq = memmem(bytes, len, "\r\nCSeq: ", 8);
    char tag[54];
    uint32_t number;
    bool to_bye;
    call *its;

    if (d.heeds) {
        heed(bytes, len, at_ns);
    }
    if (len < 16 || cseq == NULL || bytes[8] == '1' || !read_number(bytes, len, &number)) {
        return;
    }
    its = &d.calls[number % CALLS];
    to_bye = cseq[10] == 'B';
    if (bytes[8] == '5' && !to_bye) {
        read_tag(bytes, len, tag);
        acknowledge_refusal(number, tag);
        if (its->number == number && its->state == CALL_INVITED) {
            on_ended(its, &d.refused);
        }
    } else if (its->number != number || its->state == CALL_NONE) {
        return;
    } else if (to_bye && its->state == CALL_ANSWERED) {
        on_ended(its, &d.finished);
    } else if (!to_bye && its->state == CALL_INVITED) {
        on_answered(its, bytes, len, at_ns);
    } else if (!to_bye) {
        queue_message("ACK", number, its->tag);
    }
}

static void receive(void)
{
    static char buffers[BATCH][MESSAGE_BYTES];
    static struct mmsghdr headers[BATCH];
    static struct iovec vectors[BATCH];
    int n;

    do {
        uint64_t at_ns;

        for (unsigned i = 0; i < BATCH; i++) {
            vectors[i] = (struct iovec){buffers[i], MESSAGE_BYTES};
            headers[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
        }
        n = recvmmsg(d.fd, headers, BATCH, MSG_DONTWAIT, NULL);
        at_ns = now_ns();
        for (int i = 0; i < n; i++) {
            on_response(buffers[i], headers[i].msg_len, at_ns);
        }
    } while (n == BATCH);
}

static void print_second(const char *phase, unsigned second)
{
    printf(
        "{\"phase\": \"%s\", \"second\": %u, \"started\": %u, \"finished\": %u, \"refused\": %u, "
        "\"repeated\": %u, \"given_up\": %u, \"late\": %u, \"under_way\": %u, \"held\": %u, "
        "\"setup_ms\": %.2f, \"most_setup_ms\": %.2f}\n",
        phase, second, d.started, d.finished, d.refused, d.repeated, d.given_up, d.late,
        d.under_way, d.held, d.answered > 0 ? (double)d.setup_ns / d.answered / 1e6 : 0,
        (double)d.most_setup_ns / 1e6);
    fflush(stdout);
    d.started = d.finished = d.refused = d.repeated = d.given_up = d.late = d.answered = d.held = 0;
    d.setup_ns = d.most_setup_ns = 0;
}

/* `rate` calls a second; 0: a window of them. Returns the most calls that were finished in a
 * second.
 */
static uint32_t run_phase(const char *phase, unsigned seconds, double rate)
{
    uint64_t began_ns = now_ns();
    uint64_t begun = 0;
    uint32_t most = 0;
    unsigned second = 0;

    d.closed_loop = rate == 0;
    for (unsigned i = 0; d.closed_loop && i < WINDOW; i++) {
        start_call(began_ns);
    }
    while (second < seconds) {
        uint64_t at_ns = now_ns();
        double wanted = rate * (double)(at_ns - began_ns) / 1e9;
        struct pollfd ready = {.fd = d.fd, .events = POLLIN};

        for (unsigned i = 0; (double)begun < wanted && i < OUT_SLOTS; i++, begun++) {
            if (d.heeds && is_held_back(at_ns)) {
                d.held++;
            } else {
                start_call(at_ns);
            }
        }
        repeat_due(at_ns);
        flush_out();
        receive();
        flush_out();
        if (at_ns - began_ns >= (uint64_t)(second + 1) * 1000000000u) {
            most = second > 0 && d.finished > most ? d.finished : most;
            print_second(phase, second++);
        }
        if ((double)begun >= wanted) {
            poll(&ready, 1, 1);
        }
    }
    return most;
}

static void open_socket(void)
{
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof local;
    int big = 32 << 20;

    d.fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (d.fd < 0 || bind(d.fd, (struct sockaddr *)&local, sizeof local) != 0 ||
        getsockname(d.fd, (struct sockaddr *)&local, &len) != 0) {
        die("socket");
    }
    if (setsockopt(d.fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big) != 0) {
        setsockopt(d.fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
    }
    d.local_port = ntohs(local.sin_port);
}

static void make_room(void)
{
    d.calls = calloc(CALLS, sizeof *d.calls);
    for (unsigned i = 0; i < LEVELS; i++) {
        d.lines[i].numbers = calloc(CALLS, sizeof *d.lines[i].numbers);
        d.lines[i].due_ns = calloc(CALLS, sizeof *d.lines[i].due_ns);
        if (d.calls == NULL || d.lines[i].numbers == NULL || d.lines[i].due_ns == NULL) {
            die("memory");
        }
    }
}

int main(int argc, char **argv)
{
    cpu_set_t cpus;
    double peak;

    if (argc != 8) {
        fprintf(stderr,
                "usage: overload_driver deaf|heeding PORT CPU SECONDS_PEAK TIMES SECONDS_OVER "
                "SECONDS_AFTER\n");
        return 2;
    }
    CPU_ZERO(&cpus);
    CPU_SET((size_t)atoi(argv[3]), &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
    d.heeds = strcmp(argv[1], "heeding") == 0;
    d.port = atoi(argv[2]);
    d.peer = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)d.port)};
    inet_pton(AF_INET, "127.0.0.1", &d.peer.sin_addr);
    d.salt = (uint32_t)getpid() << 20 ^ (uint32_t)now_ns();
    open_socket();
    make_room();
    peak = run_phase("peak", (unsigned)atoi(argv[4]), 0);
    if (peak == 0) {
        fprintf(stderr, "overload_driver: no call was finished\n");
        return 1;
    }
    run_phase("over", (unsigned)atoi(argv[6]), peak * atof(argv[5]));
    run_phase("after", (unsigned)atoi(argv[7]), peak / 2);
    return 0;
}
