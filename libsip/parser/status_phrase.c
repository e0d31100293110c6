#include <sip/header.h>

/* The registry of SIP response codes, in order of number. */
static const struct {
    int status;
    sip_str phrase;
} phrases[] = {
    {100, SIP_STR_INIT("Trying")},
    {180, SIP_STR_INIT("Ringing")},
    {181, SIP_STR_INIT("Call Is Being Forwarded")},
    {182, SIP_STR_INIT("Queued")},
    {183, SIP_STR_INIT("Session Progress")},
    {199, SIP_STR_INIT("Early Dialog Terminated")},
    {200, SIP_STR_INIT("OK")},
    {202, SIP_STR_INIT("Accepted")},
    {204, SIP_STR_INIT("No Notification")},
    {300, SIP_STR_INIT("Multiple Choices")},
    {301, SIP_STR_INIT("Moved Permanently")},
    {302, SIP_STR_INIT("Moved Temporarily")},
    {305, SIP_STR_INIT("Use Proxy")},
    {380, SIP_STR_INIT("Alternative Service")},
    {400, SIP_STR_INIT("Bad Request")},
    {401, SIP_STR_INIT("Unauthorized")},
    {402, SIP_STR_INIT("Payment Required")},
    {403, SIP_STR_INIT("Forbidden")},
    {404, SIP_STR_INIT("Not Found")},
    {405, SIP_STR_INIT("Method Not Allowed")},
    {406, SIP_STR_INIT("Not Acceptable")},
    {407, SIP_STR_INIT("Proxy Authentication Required")},
    {408, SIP_STR_INIT("Request Timeout")},
    {410, SIP_STR_INIT("Gone")},
    {412, SIP_STR_INIT("Conditional Request Failed")},
    {413, SIP_STR_INIT("Request Entity Too Large")},
    {414, SIP_STR_INIT("Request-URI Too Long")},
    {415, SIP_STR_INIT("Unsupported Media Type")},
    {416, SIP_STR_INIT("Unsupported URI Scheme")},
    {417, SIP_STR_INIT("Unknown Resource-Priority")},
    {420, SIP_STR_INIT("Bad Extension")},
    {421, SIP_STR_INIT("Extension Required")},
    {422, SIP_STR_INIT("Session Interval Too Small")},
    {423, SIP_STR_INIT("Interval Too Brief")},
    {424, SIP_STR_INIT("Bad Location Information")},
    {425, SIP_STR_INIT("Bad Alert Message")},
    {428, SIP_STR_INIT("Use Identity Header")},
    {429, SIP_STR_INIT("Provide Referrer Identity")},
    {430, SIP_STR_INIT("Flow Failed")},
    {433, SIP_STR_INIT("Anonymity Disallowed")},
    {436, SIP_STR_INIT("Bad Identity Info")},
    {437, SIP_STR_INIT("Unsupported Credential")},
    {438, SIP_STR_INIT("Invalid Identity Header")},
    {439, SIP_STR_INIT("First Hop Lacks Outbound Support")},
    {440, SIP_STR_INIT("Max-Breadth Exceeded")},
    {469, SIP_STR_INIT("Bad Info Package")},
    {470, SIP_STR_INIT("Consent Needed")},
    {480, SIP_STR_INIT("Temporarily Unavailable")},
    {481, SIP_STR_INIT("Call/Transaction Does Not Exist")},
    {482, SIP_STR_INIT("Loop Detected")},
    {483, SIP_STR_INIT("Too Many Hops")},
    {484, SIP_STR_INIT("Address Incomplete")},
    {485, SIP_STR_INIT("Ambiguous")},
    {486, SIP_STR_INIT("Busy Here")},
    {487, SIP_STR_INIT("Request Terminated")},
    {488, SIP_STR_INIT("Not Acceptable Here")},
    {489, SIP_STR_INIT("Bad Event")},
    {491, SIP_STR_INIT("Request Pending")},
    {493, SIP_STR_INIT("Undecipherable")},
    {494, SIP_STR_INIT("Security Agreement Required")},
    {500, SIP_STR_INIT("Server Internal Error")},
    {501, SIP_STR_INIT("Not Implemented")},
    {502, SIP_STR_INIT("Bad Gateway")},
    {503, SIP_STR_INIT("Service Unavailable")},
    {504, SIP_STR_INIT("Server Time-out")},
    {505, SIP_STR_INIT("Version Not Supported")},
    {513, SIP_STR_INIT("Message Too Large")},
    {555, SIP_STR_INIT("Push Notification Service Not Supported")},
    {580, SIP_STR_INIT("Precondition Failure")},
    {600, SIP_STR_INIT("Busy Everywhere")},
    {603, SIP_STR_INIT("Decline")},
    {604, SIP_STR_INIT("Does Not Exist Anywhere")},
    {606, SIP_STR_INIT("Not Acceptable")},
    {607, SIP_STR_INIT("Unwanted")},
    {608, SIP_STR_INIT("Rejected")},
};

static sip_str find(int status)
{
    size_t low = 0;
    size_t high = sizeof phrases / sizeof phrases[0];

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (phrases[middle].status == status) {
            return phrases[middle].phrase;
        }
        if (phrases[middle].status < status) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return (sip_str){NULL, 0};
}

sip_str sip_status_phrase(int status)
{
    const sip_str phrase = find(status);

    return phrase.len > 0 ? phrase : find(status / 100 * 100);
}
