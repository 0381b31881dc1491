using Ingest.Generate.Events;

namespace Ingest.Generate.Sessions;

/// <summary>User agents of sample traffic, in the form that each browser documents.</summary>
internal static class UserAgents
{
    internal static readonly string[] Desktop =
    [
        Chrome("Windows NT 10.0; Win64; x64", 142),
        Chrome("Windows NT 10.0; Win64; x64", 141),
        Chrome("Macintosh; Intel Mac OS X 10_15_7", 142),
        Chrome("X11; Linux x86_64", 142),
        Chrome("Windows NT 10.0; Win64; x64", 142) + " Edg/142.0.0.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
            + "Safari/605.1.15",
    ];

    internal static readonly string[] Crawlers =
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "AdsBot-Google (+http://www.google.com/adsbot.html)",
    ];

    /// <summary>Programs that declare themselves, and headless browsers.</summary>
    internal static readonly string[] Programs =
    [
        "python-requests/2.32.3",
        "curl/8.5.0",
        "Go-http-client/2.0",
        "okhttp/4.12.0",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
    ];

    /// <summary>Gets the user agent of a phone's browser.</summary>
    internal static string OfPhone(DeviceDraft phone) =>
        phone.Os == "iOS"
            ? $"Mozilla/5.0 (iPhone; CPU iPhone OS {phone.Osv.Replace('.', '_')} like Mac OS X) "
                + $"AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{phone.Osv} Mobile/15E148 Safari/604.1"
            : $"Mozilla/5.0 (Linux; Android {phone.Osv}; {phone.Model}) AppleWebKit/537.36 (KHTML, like Gecko) "
                + $"Chrome/142.0.0.0 Mobile Safari/537.36";

    private static string Chrome(string platform, int version) =>
        $"Mozilla/5.0 ({platform}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36";
}
