/* The bare limit of a server's side: answers the driver's datagrams with canned ones of the sizes
 * given, no SIP at all but the number that says which call it is.
 *
 *     limit PORT PROVISIONAL-BYTES FINAL-BYTES BYE-BYTES
 *
 * PROVISIONAL-BYTES 0: no 180.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 64
#define OUT_SLOTS (2 * BATCH)
#define MESSAGE_BYTES 2048

enum {
    PROVISIONAL,
    FINAL,
    BYE_FINAL,
    OPTIONS_FINAL,
    CANNED
};

static struct {
    char bytes[MESSAGE_BYTES];
    size_t len;
    size_t number_at; /* where the eight digits of the call go */
} canned[CANNED];

static int fd;
static char out[OUT_SLOTS][MESSAGE_BYTES];
static struct mmsghdr out_headers[OUT_SLOTS];
static struct iovec out_vectors[OUT_SLOTS];
static unsigned queued;
static bool provisional;

static void die(const char *what)
{
    fprintf(stderr, "limit: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void prepare(int which, const char *start, const char *cseq, size_t len)
{
    char *bytes = canned[which].bytes;
    int n = snprintf(bytes, MESSAGE_BYTES,
                     "SIP/2.0 %s\r\nTo: <sip:service@127.0.0.1>;tag=limit\r\nCSeq: %s\r\nCall-ID: ",
                     start, cseq);

    canned[which].number_at = (size_t)n;
    n += snprintf(bytes + n, MESSAGE_BYTES - (size_t)n, "00000000@bench\r\nSubject: ");
    canned[which].len = len > (size_t)n ? len : (size_t)n;
    memset(bytes + n, 'x', canned[which].len - (size_t)n);
}

static void answer(int which, const char *number, struct sockaddr_in *to)
{
    char *bytes = out[queued];

    memcpy(bytes, canned[which].bytes, canned[which].len);
    memcpy(bytes + canned[which].number_at, number, 8);
    out_vectors[queued] = (struct iovec){bytes, canned[which].len};
    out_headers[queued].msg_hdr = (struct msghdr){.msg_name = to,
                                                  .msg_namelen = sizeof *to,
                                                  .msg_iov = &out_vectors[queued],
                                                  .msg_iovlen = 1};
    queued++;
}

static void flush_out(void)
{
    unsigned done = 0;

    while (done < queued) {
        int n = sendmmsg(fd, out_headers + done, queued - done, 0);

        if (n < 0 && errno != EINTR && errno != ENOBUFS) {
            die("sendmmsg");
        }
        done += n > 0 ? (unsigned)n : 0;
    }
    queued = 0;
}

static void on_datagram(const char *bytes, size_t len, struct sockaddr_in *from)
{
    const char *number = memmem(bytes, len, "@bench\r\n", 8);

    if (number == NULL || number - bytes < 8) {
        return;
    }
    switch (bytes[0]) {
    case 'I':
        if (provisional) {
            answer(PROVISIONAL, number - 8, from);
        }
        answer(FINAL, number - 8, from);
        break;
    case 'B':
        answer(BYE_FINAL, number - 8, from);
        break;
    case 'O':
        answer(OPTIONS_FINAL, number - 8, from);
        break;
    default:
        break; /* ACK */
    }
}

static void serve(void)
{
    static char buffers[BATCH][MESSAGE_BYTES];
    static struct mmsghdr headers[BATCH];
    static struct iovec vectors[BATCH];
    static struct sockaddr_in from[BATCH];

    for (;;) {
        int n;

        for (unsigned i = 0; i < BATCH; i++) {
            vectors[i] = (struct iovec){buffers[i], MESSAGE_BYTES};
            headers[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                                 .msg_namelen = sizeof from[i],
                                                 .msg_iov = &vectors[i],
                                                 .msg_iovlen = 1};
        }
        n = recvmmsg(fd, headers, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < n; i++) {
            on_datagram(buffers[i], headers[i].msg_len, &from[i]);
        }
        flush_out();
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int big = 8 << 20;

    if (argc != 5) {
        fprintf(stderr, "usage: limit PORT PROVISIONAL-BYTES FINAL-BYTES BYE-BYTES\n");
        return 2;
    }
    local.sin_port = htons((uint16_t)atoi(argv[1]));
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local) != 0) {
        die("bind");
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big) != 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
    }
    provisional = strtoul(argv[2], NULL, 10) > 0;
    prepare(PROVISIONAL, "180 Ringing", "1 INVITE", strtoul(argv[2], NULL, 10));
    prepare(FINAL, "200 OK", "1 INVITE", strtoul(argv[3], NULL, 10));
    prepare(BYE_FINAL, "200 OK", "2 BYE", strtoul(argv[4], NULL, 10));
    prepare(OPTIONS_FINAL, "200 OK", "1 OPTIONS", strtoul(argv[3], NULL, 10));
    printf("ready\n");
    fflush(stdout);
    serve();
    return 0;
}
