/* The client of ./dev bench connections: does what its standard input says, a line each, and
 * answers each with a line.
 *
 *   idle N    open N connections, send a request on each, wait for its answer; they stay open
 *   half N    open N by turns that send nothing, that send a byte of a request ten times a second,
 *             and that send a whole request before they go on like that
 *   busy N    one more connection: N requests, each after the answer to the last; says the 50th and
 *             99th percentile and the longest time in microseconds
 *   closed    how many of the half ones the server has closed
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 20000
#define SOURCES 16 /* addresses 127.0.0.2 and on: each has its own ports */
#define SLOW_STEP_US 100000

static int port;
static int halves[MOST];
static int n_halves, n_closed;
static double slow_at;
static unsigned long sequence;

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void die(const char *what)
{
    fprintf(stderr, "connections_driver: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_one(int i)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0) {
        die("socket");
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    at.sin_addr.s_addr = htonl(0x7f000002u + (unsigned)(i % SOURCES));
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        die("bind");
    }
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons((unsigned short)port);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        die("connect");
    }
    return fd;
}

static int print_request(char *out, size_t size)
{
    unsigned long n = ++sequence;

    return snprintf(out, size,
                    "OPTIONS sip:bench@127.0.0.1 SIP/2.0\r\n"
                    "Via: SIP/2.0/TCP 127.0.0.1:5999;branch=z9hG4bK%lu\r\n"
                    "Max-Forwards: 70\r\nFrom: <sip:a@127.0.0.1>;tag=%lu\r\n"
                    "To: <sip:bench@127.0.0.1>\r\nCall-ID: c%lu\r\nCSeq: 1 OPTIONS\r\n"
                    "Contact: <sip:a@127.0.0.1:5999>\r\nContent-Length: 0\r\n\r\n",
                    n, n, n);
}

static void send_one(int fd)
{
    char bytes[1000];
    int len = print_request(bytes, sizeof bytes);

    if (send(fd, bytes, (size_t)len, MSG_NOSIGNAL) != len) {
        die("send");
    }
}

static void receive_one(int fd)
{
    char bytes[4000];
    size_t len = 0;

    do {
        ssize_t n = recv(fd, bytes + len, sizeof bytes - 1 - len, 0);

        if (n <= 0) {
            die("recv");
        }
        len += (size_t)n;
        bytes[len] = '\0';
    } while (strstr(bytes, "\r\n\r\n") == NULL);
    if (strncmp(bytes, "SIP/2.0 200 ", 12) != 0) {
        die("another answer");
    }
}

static void idle(int count)
{
    int i;

    for (i = 0; i < count; i++) {
        int fd = open_one(i);

        send_one(fd);
        receive_one(fd);
    }
    puts("idle");
}

static void half(int count)
{
    for (n_halves = 0; n_halves < count; n_halves++) {
        halves[n_halves] = open_one(n_halves);
        if (n_halves % 3 == 2) {
            send_one(halves[n_halves]);
        }
        fcntl(halves[n_halves], F_SETFL, O_NONBLOCK);
    }
    slow_at = now_us();
    puts("half");
}

/* A byte of each slow one, when it is time. */
static void go_slowly(void)
{
    static const char text[] = "OPTIONS sip:bench@127.0.0.1 SIP/2.0\r\nSubject: slow";
    static size_t step;
    int i;

    if (n_halves == 0 || now_us() < slow_at) {
        return;
    }
    slow_at = now_us() + SLOW_STEP_US;
    for (i = 0; i < n_halves; i++) {
        if (halves[i] >= 0 && i % 3 != 0) {
            (void)send(halves[i], text + step % (sizeof text - 1), 1, MSG_NOSIGNAL);
        }
    }
    step += step + 2 < sizeof text;
}

static void count_closed(void)
{
    char bytes[4000];
    int i;

    for (i = 0; i < n_halves; i++) {
        ssize_t n = halves[i] < 0 ? -1 : 1;

        while (n > 0) { /* answers come first */
            n = recv(halves[i], bytes, sizeof bytes, 0);
        }
        if (halves[i] >= 0 && (n == 0 || errno != EAGAIN)) {
            close(halves[i]);
            halves[i] = -1;
            n_closed++;
        }
    }
    printf("%d\n", n_closed);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void busy(int count)
{
    double *times = calloc((size_t)count, sizeof *times);
    int fd = open_one(SOURCES - 1);
    int i;

    if (times == NULL || count < 1) {
        die("busy");
    }
    for (i = 0; i < count; i++) {
        double from;

        go_slowly();
        from = now_us();
        send_one(fd);
        receive_one(fd);
        times[i] = now_us() - from;
    }
    close(fd);
    qsort(times, (size_t)count, sizeof *times, by_size);
    printf("%.1f %.1f %.1f\n", times[count / 2], times[(size_t)count * 99 / 100], times[count - 1]);
    free(times);
}

int main(int argc, char **argv)
{
    struct rlimit files;
    char line[100];

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    port = argc == 2 ? (int)strtol(argv[1], NULL, 10) : 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (fgets(line, sizeof line, stdin) != NULL) {
        int count = strchr(line, ' ') != NULL ? (int)strtol(strchr(line, ' '), NULL, 10) : 0;

        if (count < 0 || count > 10000000) {
            return 1;
        }
        if (strncmp(line, "idle", 4) == 0) {
            idle(count);
        } else if (strncmp(line, "half", 4) == 0) {
            half(count < MOST ? count : MOST);
        } else if (strncmp(line, "busy", 4) == 0) {
            busy(count);
        } else {
            count_closed();
        }
    }
    return 0;
}
