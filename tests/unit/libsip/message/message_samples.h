/* Messages for the tests: five of ordinary traffic, and some with the liberties that RFC 3261
 * allows. */
#ifndef MESSAGE_SAMPLES_H
#define MESSAGE_SAMPLES_H

#include <stddef.h>

static const char sample_invite[] =
    "INVITE sip:bob@biloxi.example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP client.atlanta.example.com:5060;branch=z9hG4bK74bf9a8f3;rport\r\n"
    "Max-Forwards: 70\r\n"
    "From: \"Alice Liddell\" <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n"
    "To: \"Bob\" <sip:bob@biloxi.example.com>\r\n"
    "Call-ID: 3848276298220188511@atlanta.example.com\r\n"
    "CSeq: 2 INVITE\r\n"
    "Contact: <sip:alice@client.atlanta.example.com:5060;transport=udp>\r\n"
    "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, PRACK\r\n"
    "Supported: 100rel, timer, replaces\r\n"
    "Session-Expires: 1800;refresher=uac\r\n"
    "Min-SE: 90\r\n"
    "User-Agent: Example-Softphone/4.2.1 (linux)\r\n"
    "Accept: application/sdp\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 228\r\n"
    "\r\n"
    "v=0\r\n"
    "o=alice 2890844526 2890844526 IN IP4 192.0.2.101\r\n"
    "s=-\r\n"
    "c=IN IP4 192.0.2.101\r\n"
    "t=0 0\r\n"
    "m=audio 49172 RTP/AVP 0 8 101\r\n"
    "a=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
    "a=fmtp:101 0-15\r\n"
    "a=sendrecv\r\n";

static const char sample_200[] =
    "SIP/2.0 200 OK\r\n"
    "Via: SIP/2.0/UDP ss2.biloxi.example.com:5060;branch=z9hG4bK721e418c4.1;received=192.0."
    "2.222\r\n"
    "Via: SIP/2.0/UDP ss1.atlanta.example.com:5060;branch=z9hG4bK2d4790.1;received=192.0.2."
    "111\r\n"
    "Via: SIP/2.0/UDP client.atlanta.example.com:5060;branch=z9hG4bK74bf9a8f3;rport=5060;re"
    "ceived=192.0.2.101\r\n"
    "Record-Route: <sip:ss2.biloxi.example.com;lr>\r\n"
    "Record-Route: <sip:ss1.atlanta.example.com;lr>\r\n"
    "From: \"Alice Liddell\" <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n"
    "To: \"Bob\" <sip:bob@biloxi.example.com>;tag=314159\r\n"
    "Call-ID: 3848276298220188511@atlanta.example.com\r\n"
    "CSeq: 2 INVITE\r\n"
    "Contact: <sip:bob@client.biloxi.example.com;transport=udp>\r\n"
    "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, PRACK\r\n"
    "Supported: timer, replaces\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 201\r\n"
    "\r\n"
    "v=0\r\n"
    "o=bob 2808844564 2808844564 IN IP4 192.0.2.201\r\n"
    "s=-\r\n"
    "c=IN IP4 192.0.2.201\r\n"
    "t=0 0\r\n"
    "m=audio 3456 RTP/AVP 0 101\r\n"
    "a=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
    "a=fmtp:101 0-15\r\n"
    "a=sendrecv\r\n";

static const char sample_register[] =
    "REGISTER sip:registrar.biloxi.example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP client.biloxi.example.com:5060;branch=z9hG4bKnashds7a1;rport\r\n"
    "Max-Forwards: 70\r\n"
    "From: \"Bob\" <sip:bob@biloxi.example.com>;tag=a73kszlfl\r\n"
    "To: \"Bob\" <sip:bob@biloxi.example.com>\r\n"
    "Call-ID: 1j9FpLxk3uxtm8tn@biloxi.example.com\r\n"
    "CSeq: 2 REGISTER\r\n"
    "Contact: <sip:bob@client.biloxi.example.com:5060;transport=udp>;expires=3600\r\n"
    "Expires: 3600\r\n"
    "Authorization: Digest username=\"bob\", realm=\"biloxi.example.com\", nonce=\"ea9c8e88"
    "df84f1cec4341ae6cbe5a359\", uri=\"sip:registrar.biloxi.example.com\", response=\"dfe56"
    "131d1958046689d83306477ecc8\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"0a4f113b"
    "\", opaque=\"\"\r\n"
    "User-Agent: Example-Softphone/4.2.1 (linux)\r\n"
    "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE\r\n"
    "Content-Length: 0\r\n"
    "\r\n";

static const char sample_bye[] =
    "BYE sip:bob@client.biloxi.example.com;transport=udp SIP/2.0\r\n"
    "Via: SIP/2.0/UDP client.atlanta.example.com:5060;branch=z9hG4bKnashds9;rport\r\n"
    "Max-Forwards: 70\r\n"
    "From: \"Alice Liddell\" <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n"
    "To: \"Bob\" <sip:bob@biloxi.example.com>;tag=314159\r\n"
    "Call-ID: 3848276298220188511@atlanta.example.com\r\n"
    "CSeq: 3 BYE\r\n"
    "Contact: <sip:alice@client.atlanta.example.com:5060;transport=udp>\r\n"
    "Content-Length: 0\r\n"
    "\r\n";

static const char sample_options[] =
    "OPTIONS sip:carol@chicago.example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP pc33.atlanta.example.com:5060;branch=z9hG4bKhjhs8ass877;rport\r\n"
    "Max-Forwards: 70\r\n"
    "From: <sip:alice@atlanta.example.com>;tag=1928301774\r\n"
    "To: <sip:carol@chicago.example.com>\r\n"
    "Call-ID: a84b4c76e66710@pc33.atlanta.example.com\r\n"
    "CSeq: 63104 OPTIONS\r\n"
    "Contact: <sip:alice@pc33.atlanta.example.com>\r\n"
    "Accept: application/sdp\r\n"
    "Content-Length: 0\r\n"
    "\r\n";

/* Compact names, folding, several values a line, escapes: what RFC 4475 3.1.1.1 is about. */
static const char sample_tortuous[] =
    "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
    "TO :\r\n"
    " sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"
    "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n"
    "  ;\r\n"
    " tag = 98asjd8\r\n"
    "MaX-fOrWaRdS: 0068\r\n"
    "Call-ID: wsinv.ndaksdj@192.0.2.1\r\n"
    "Content-Length   : 150\r\n"
    "cseq: 0009\r\n"
    "  INVITE\r\n"
    "Via  : SIP  /   2.0\r\n"
    " /UDP\r\n"
    "    192.0.2.2;branch=390skdjuw\r\n"
    "s :\r\n"
    "NewFangledHeader:   newfangled value\r\n"
    " continued newfangled value\r\n"
    "UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
    "Content-Type: application/sdp\r\n"
    "Route:\r\n"
    " <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
    "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n"
    "  branch  =   z9hG4bK9ikj8  ,\r\n"
    " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n"
    " z9hG4bK30239\r\n"
    "m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n"
    "      newvalue ;\r\n"
    "  secondparam ; q = 0.33\r\n"
    "\r\n"
    "v=0\r\n"
    "o=mhandley 29739 7272939 IN IP4 192.0.2.3\r\n"
    "s=-\r\n"
    "c=IN IP4 192.0.2.4\r\n"
    "t=0 0\r\n"
    "m=audio 49217 RTP/AVP 0 12\r\n"
    "m=video 3227 RTP/AVP 31\r\n"
    "a=rtpmap:31 LPC\r\n";

static const char sample_challenge[] =
    "SIP/2.0 401 Unauthorized\r\n"
    "Via: SIP/2.0/TLS client.biloxi.example.com:5061;branch=z9hG4bKnashds7\r\n"
    " ;received=192.0.2.201\r\n"
    "From: Bob <sips:bob@biloxi.example.com>;tag=a73kszlfl\r\n"
    "To: Bob <sips:bob@biloxi.example.com>;tag=1410948204\r\n"
    "Call-ID: 1j9FpLxk3uxtm8tn@biloxi.example.com\r\n"
    "CSeq: 1 REGISTER\r\n"
    "WWW-Authenticate: Digest realm=\"atlanta.example.com\", qop=\"auth\",\r\n"
    " nonce=\"ea9c8e88df84f1cec4341ae6cbe5a359\",\r\n"
    " opaque=\"\", stale=FALSE, algorithm=MD5\r\n"
    "Retry-After: 120 (busy);duration=60\r\n"
    "Content-Length: 0\r\n"
    "\r\n";

static const char sample_message[] =
    "MESSAGE sip:bob@[2001:db8::9]:5070;transport=tcp SIP/2.0\r\n"
    "v: SIP/2.0/TCP [2001:db8::1]:5060;branch=z9hG4bKq1, SIP/2.0/UDP pc.example.com;branch="
    "z9hG4bKq0\r\n"
    "f: \"A, B\" <sip:a@example.com>;tag=1\r\n"
    "t: <sip:b@example.com>\r\n"
    "i: xyz\r\n"
    "CSeq: 4294967 MESSAGE\r\n"
    "Max-Forwards: 70\r\n"
    "m: <sip:a@h1>;q=0.5;expires=60, <sip:a@h2>,<sip:a@h3>\r\n"
    "k: 100rel, timer\r\n"
    "Route: <sip:p1.example.com;lr>,<sip:p2.example.com;lr>\r\n"
    "Route: <sip:p3.example.com;lr>\r\n"
    "c: text/plain;charset=utf-8\r\n"
    "Content-Language: en, de\r\n"
    "Content-Disposition: render\r\n"
    "MIME-Version: 1.0\r\n"
    "Timestamp: 54.2\r\n"
    "l: 5\r\n"
    "\r\n"
    "hello";

static const struct {
    const char *text;
    size_t len;
} message_samples[] = {
    {sample_invite, sizeof(sample_invite) - 1},
    {sample_200, sizeof(sample_200) - 1},
    {sample_register, sizeof(sample_register) - 1},
    {sample_bye, sizeof(sample_bye) - 1},
    {sample_options, sizeof(sample_options) - 1},
    {sample_tortuous, sizeof(sample_tortuous) - 1},
    {sample_challenge, sizeof(sample_challenge) - 1},
    {sample_message, sizeof(sample_message) - 1},
};
#define MESSAGE_SAMPLES (sizeof(message_samples) / sizeof(message_samples[0]))

#endif
