namespace Pipeline.Tests.Decode;

/// <summary>Events as JSON in all the shapes that a producer, a mistake or an attacker may give them.</summary>
internal static class JsonShapes
{
    public const string Click = """
        {"type":"click","id":"c-8f14e45f","time":1763769600123,"ip":"203.0.113.9","ua":"Mozilla/5.0 (X11; Linux)","visitor":"v-77","publisher":"pub-12","placement":"top","campaign":"cmp-7","advertiser":"adv-3","cost_micros":250000,"page":"https://news.example/a","referrer":"","target":"https://shop.example/p/1","pointer":"mouse","x":312,"y":88.5,"viewport":[1280,720],"expects_path":true,"device":{"make":"Acme","model":"A1","os":"Android","osv":14,"carrier":"c-1","connectiontype":"wifi","language":"de"},"path":[[0,10,20],[16,14,25.25]]}
        """;

    public const string Path = """{"type":"cursor-path","click":"c-8f14e45f","time":1763769600100,"ip":"203.0.113.9","points":[[0,10,20],[16,14,25],[33,21,37.5]]}""";

    public const string Confirmation = """{"type":"confirmation","click":"c-1","time":1763769600100,"ip":"2001:db8::1","outcome":"missed","attempts":3,"latency_ms":1840}""";

    private const string Least = "\"type\":\"click\",\"id\":\"c\",\"time\":1,\"ip\":\"1.2.3.4\",\"publisher\":\"p\",\"campaign\":\"k\"";

    /// <summary>Values of single fields, put into a click that is fine but for them.</summary>
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "1.0", "1.5", "-1.5e3", "1e3", "1E+3", "1e-3", "1e400", "-1e400", "1e-400", "1e99999999999", "0.1", "0.30000000000000004",
        "123456789012345678", "1234567890123456789", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "123456789012345678901234567890", "253402300799999",
        "253402300800000", "1000000000", "1000000001", "-1000000000.0001", "0.1234567890123456789", "1000000000000", "1000000000001", "2147483647", "2147483648",
        "\"\"", "\"a\"", "\"a b\"", "\"a{b\"", "\"a}b\"", "\"a\\u0041\"", "\"a\\/b\"", "\"\\\"q\\\"\"", "\"\\\\\"", "\"a\\nb\"", "\"\\u0000\"", "\"ä\"", "\"\\u00e4\"", "\"\\ud83d\\ude00\"", "\"😀\"",
        "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83dx\"", "\"\\ud83d\\u0041\"", "\"\\ud83d\\n\"", "\"\\ude00\\ud83d\"", "\"1.2.3.4\"", "\"1.2.3.04\"", "\"::ffff:1.2.3.4\"", "\"\\u0031.2.3.4\"", "\"2001:DB8::1\"",
        "\"mouse\"", "\"mo\\u0075se\"", "\"pen\"", "\"Mouse\"", "\"confirmed\"", "\"missed\"", "\"click\"", "\"tick\"", "\"label\"", "\"cursor-path\"",
        "[]", "{}", "[1]", "[1,2]", "[1, 2]", "[ 1 ,2 ]", "[1,2,3]", "[-1,2]", "[1,\"2\"]", "[1,null]", "[[0,1,2]]", "[[0,1,2],[0,1,2]]", "[ [ 0 , 1 , 2 ] , [ 1.5,-2.5e1 , 3 ] ]", "[[1,1,2],[0,1,2]]",
        "[[-1,1,2]]", "[[0,1,2,3]]", "[[0,1]]", "[[0,1,\"2\"]]", "[[0,1,2],null]", "[[0,1,2],[1e400,1,2]]", "[[0,1e10,2]]", "[[0,1,2],[[3]]]", "[[0,1,2],5]", "[[0,1,2]", "[1,]", "[,1]", "[[0,1,2],]",
        "{\"make\":\"a\"}", "{\"make\":5}", "{\"make\":null}", "{\"make\":true}", "{\"make\":[]}", "{\"make\":{}}", "{\"make\":\"\\ud83d\"}", "{\"ma\\u006be\":\"b\"}", "{\"\\ud83d\":\"b\"}",
        "{\"other\":{\"deep\":[1,2,{\"x\":null}]},\"os\":\"ios\"}", "{\"make\":5e400,\"model\":true}", "{\"model\":true,\"make\":[]}", "{\"make\":true,\"make\":\"a\"}", "{\"make\":\"a\",\"make\":null}", "{\"make\":}", "{\"make\"}",
        "{\"make\":\"a\",}", "{,}", "nul", "nulll", "True", "tru", "NaN", "01", "-", "1.", ".5", "1e", "+1", "0x1", "\"a", "'a'", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"a\tb\"", "[1}", "{\"a\":1]",
    ];

    private static readonly string[] Fields =
    [
        "type", "id", "time", "ip", "publisher", "campaign", "click", "points", "outcome", "ua", "visitor", "placement", "advertiser", "cost_micros", "page", "referrer",
        "target", "pointer", "x", "y", "viewport", "expects_path", "device", "path", "attempts", "latency_ms", "unknown",
    ];

    /// <summary>Every value in every field, alone, before and after a fine one, and in every type of event.</summary>
    public static IEnumerable<string> ValuesInFields()
    {
        foreach (string field in Fields)
            foreach (string value in Values)
            {
                yield return $"{{{Least},\"{field}\":{value}}}";
                yield return $"{{\"{field}\":{value},{Least},\"y\":5}}";
                yield return $"{Path[..^1]},\"{field}\":{value}}}";
                yield return $"{{\"{field}\":{value},{Confirmation[1..]}";
                yield return $"{{{Least},\"x\":3,\"device\":{{\"os\":true}},\"path\":[[0,1,2]],\"{field}\":{value},\"ua\":null}}";
            }
    }

    /// <summary>Whole values that are put together in odd ways.</summary>
    public static readonly string[] Odd =
    [
        Click, Path, Confirmation, "", " ", "null", "5", "\"click\"", "[]", "{}", "{ }", " {\t} ", "{} {}", "{},", "\uFEFF{}", "{", "}", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}",
        "{\"type\":\"tick\"}", "{\"type\":\"tick\",\"time\":\"x\"}", "{\"type\":\"Click\"}", "{\"type\":\"label\",\"click\":\"c\"}", "{\"type\":\"\\u0074ick\"}", "{\"ty\\u0070e\":\"tick\"}",
        "{\"type\":\"tick\"}\n", "\r\n\t {\"type\" \r\n:\t\"tick\" } ", "{\"type\":\"tick\"}\0", "\0{\"type\":\"tick\"}", "{\"type\":\"tick\",\"type\":5}", "{\"type\":5,\"type\":\"tick\"}", "{\"type\":\"tick\",\"type\":null}",
        $"{{{Least}}}", $"{{{Least},{Least}}}", $"{{{Least},\"id\":\"{new string('a', 128)}\"}}", $"{{{Least},\"id\":\"{new string('a', 129)}\"}}", $"{{{Least},\"ua\":\"{new string('ä', 200)}\"}}",
        $"{{{Least},\"device\":{{\"make\":\"{new string('a', 128)}\"}}}}", $"{{{Least},\"device\":{{\"make\":\"{new string('ä', 65)}\"}}}}", $"{{{Least},\"device\":{{\"make\":1{new string('0', 128)}}}}}",
        $"{{{Least},\"points\":[[0,1,2]]}}", $"{{{Least},\"points\":[[5,1,2],[4,1,2]],\"path\":[[0,7,8]]}}", $"{{\"points\":[[0,1,2]],\"path\":[[0,7,8],[1,1,1]],{Least}}}",
        $"{Path[..^1]},\"path\":[[0,9,9]]}}", $"{{{Least},\"path\":[{string.Join(',', Enumerable.Repeat("[0,1,2]", 4096))}]}}", $"{{{Least},\"path\":[{string.Join(',', Enumerable.Repeat("[0,1,2]", 4097))}]}}",
        $"{{{Least},\"device\":{{\"os\":5}},\"device\":{{\"make\":\"a\"}}}}", $"{{{Least},\"device\":{{\"make\":true}},\"device\":7}}", $"{{{Least},\"unknown\":\"\\ud83d\"}}", $"{{{Least},\"\\ud83d\":1}}",
        $"{{{Least},\"path\":[[0,1,2]],\"path\":null}}", $"{{{Least},\"x\":1,\"y\":2,\"x\":null}}", $"{{{Least},\"ua\":\"a\",\"ua\":null}}", $"{{{Least},\"ua\":5,\"ua\":null}}", $"{{{Least},\"viewport\":[1,2],\"viewport\":null}}",
        $"{{{Least},\"unknown\":{new string('[', 63)}{new string(']', 63)}}}", $"{{{Least},\"unknown\":{new string('[', 64)}{new string(']', 64)}}}", $"{{{Least},\"ua\":{new string('[', 63)}{new string(']', 63)}}}",
        $"{{{Least},\"ua\":{new string('[', 64)}{new string(']', 64)}}}", $"{{{Least},\"device\":{{\"make\":{new string('[', 62)}{new string(']', 62)}}}}}", $"{{{Least},\"device\":{{\"make\":{new string('[', 63)}{new string(']', 63)}}}}}",
        $"{{{Least},\"path\":[{new string('[', 62)}{new string(']', 62)}]}}", $"{{{Least},\"path\":[{new string('[', 63)}{new string(']', 63)}]}}",
        $"{{{Least},\"unknown\":{string.Concat(Enumerable.Repeat("{\"a\":", 63))}1{new string('}', 63)}}}", $"{{{Least},\"unknown\":{string.Concat(Enumerable.Repeat("{\"a\":", 64))}1{new string('}', 64)}}}",
    ];
}
