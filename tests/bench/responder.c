/* The other side of a client under test: answers every request but ACK with a 200 made of the lines
 * that a response has to repeat, without a stack. The bare client (driver.c) and ours have the same
 * one before them.
 *
 *     responder PORT CPU
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 64
#define MESSAGE_BYTES 2048

static int fd;
static char in[BATCH][MESSAGE_BYTES], out[BATCH][MESSAGE_BYTES];
static struct mmsghdr in_headers[BATCH], out_headers[BATCH];
static struct iovec in_vectors[BATCH], out_vectors[BATCH];
static struct sockaddr_in from[BATCH];
static unsigned queued;

static void die(const char *what)
{
    fprintf(stderr, "responder: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* The line that begins with `name` behind a line's end, with its own; false without one. */
static bool copy_line(const char *bytes, size_t len, const char *name, const char *extra, char **at)
{
    const char *line = memmem(bytes, len, name, strlen(name));
    const char *end =
        line == NULL ? NULL : memmem(line + 2, len - (size_t)(line + 2 - bytes), "\r\n", 2);
    size_t n = end == NULL ? 0 : (size_t)(end - line - 2);

    if (n == 0) {
        return false;
    }
    memcpy(*at, line + 2, n);
    *at += n;
    *at = stpcpy(stpcpy(*at, extra), "\r\n");
    return true;
}

static void on_datagram(const char *bytes, size_t len, struct sockaddr_in *peer)
{
    char *begin = out[queued], *at = stpcpy(begin, "SIP/2.0 200 OK\r\n");
    bool in_dialog;

    if (len < 4 || bytes[0] == 'A') {
        return;
    }
    in_dialog = memmem(bytes, len, ";tag=responder", 14) != NULL;
    if (!copy_line(bytes, len, "\r\nVia:", "", &at) ||
        !copy_line(bytes, len, "\r\nFrom:", "", &at) ||
        !copy_line(bytes, len, "\r\nTo:", in_dialog ? "" : ";tag=responder", &at) ||
        !copy_line(bytes, len, "\r\nCall-ID:", "", &at) ||
        !copy_line(bytes, len, "\r\nCSeq:", "", &at)) {
        return;
    }
    at = stpcpy(at, "Contact: <sip:responder@127.0.0.1>\r\nContent-Length: 0\r\n\r\n");
    out_vectors[queued] = (struct iovec){begin, (size_t)(at - begin)};
    out_headers[queued].msg_hdr = (struct msghdr){.msg_name = peer,
                                                  .msg_namelen = sizeof *peer,
                                                  .msg_iov = &out_vectors[queued],
                                                  .msg_iovlen = 1};
    queued++;
}

static void serve(void)
{
    for (;;) {
        unsigned done = 0;
        int n;

        for (unsigned i = 0; i < BATCH; i++) {
            in_vectors[i] = (struct iovec){in[i], MESSAGE_BYTES / 2};
            in_headers[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                                    .msg_namelen = sizeof from[i],
                                                    .msg_iov = &in_vectors[i],
                                                    .msg_iovlen = 1};
        }
        n = recvmmsg(fd, in_headers, BATCH, MSG_WAITFORONE, NULL);
        queued = 0;
        for (int i = 0; i < n; i++) {
            on_datagram(in[i], in_headers[i].msg_len, &from[i]);
        }
        while (done < queued) {
            n = sendmmsg(fd, out_headers + done, queued - done, 0);
            if (n < 0 && errno != EINTR && errno != ENOBUFS) {
                die("sendmmsg");
            }
            done += n > 0 ? (unsigned)n : 0;
        }
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int big = 8 << 20;
    cpu_set_t cpus;

    if (argc != 3) {
        fprintf(stderr, "usage: responder PORT CPU\n");
        return 2;
    }
    CPU_ZERO(&cpus);
    CPU_SET((size_t)atoi(argv[2]), &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
    local.sin_port = htons((uint16_t)atoi(argv[1]));
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local) != 0) {
        die("bind");
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big) != 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
    }
    serve();
    return 0;
}
