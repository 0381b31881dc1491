using System.Net;
using System.Text;
using System.Text.Json;
using Engine.Workflows.Bindings.Codes;
using Integration.Tests.Rig;
using Tests.Support;

namespace Integration.Tests.Bindings;

/// <summary>A lab whose engines sign codes with a secret that the test knows, too.</summary>
internal static class BindingLab
{
    private const string Secret = "a secret of forty letters, for tests only";

    public static byte[] SecretBytes { get; } = Encoding.ASCII.GetBytes(Secret);

    /// <summary>The keys of <see cref="StartAsync"/>'s engines.</summary>
    public static CodeKeys Keys { get; } = new([SecretBytes]);

    public static IReadOnlyList<PromptField> Prompt { get; } =
    [
        new("amount_micros", PromptType.Integer, Min: 10_000, Max: 50_000_000),
        new("remark", PromptType.Text, IsOptional: true, Characters: 80),
    ];

    /// <summary>Of engines that sign with the secret that <see cref="WriteKey"/> writes.</summary>
    public static EngineYaml Signing { get; } = new() { Samples = true, More = "signing_keys: [mine.key]" };

    /// <param name="kafka">A real broker; without one the embedded is.</param>
    public static async Task<Lab> StartAsync(string redis, RealKafka? kafka = null)
    {
        EngineYaml yaml = Signing with { SessionMs = kafka == null ? 3000 : 6000, Models = false };
        Lab lab = kafka == null ? await Lab.EmbeddedAsync(redis, yaml) : await Lab.RealAsync(kafka, redis, yaml);
        WriteKey(lab);
        return lab;
    }

    public static void WriteKey(Lab lab) => lab.Folder.Write("mine.key", Secret + "\n");
}

/// <summary>The bindings' ends of an engine, as a program asks them.</summary>
internal sealed class BindingClient(string http) : IDisposable
{
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false })
    {
        BaseAddress = new Uri($"http://{http}"),
    };

    public async Task<(HttpStatusCode Status, string Body, HttpResponseMessage Answer)> GetAsync(
        string path,
        string? accept = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept != null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        HttpResponseMessage answer = await _client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer);
    }

    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string body)
    {
        using HttpResponseMessage answer = await _client.PostAsync(path, new StringContent(body));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a form as a browser does from a page of ours, unless headers say otherwise.</summary>
    public async Task<(HttpStatusCode Status, string Body, HttpResponseMessage Answer)> FormAsync(
        string path,
        Dictionary<string, string> fields,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields),
        };
        foreach ((string name, string value) in headers.Length > 0 ? headers : [("Sec-Fetch-Site", "same-origin")])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        HttpResponseMessage answer = await _client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer);
    }

    public async Task<JsonElement> CodeAsync(
        string account = "acc-1",
        string page = "poster-7",
        string operation = "pay"
    )
    {
        (HttpStatusCode status, string body) = await PostAsync(
            "/v1/bindings/codes",
            JsonSerializer.Serialize(
                new
                {
                    page,
                    operation,
                    account,
                }
            )
        );
        return status == HttpStatusCode.OK
            ? JsonDocument.Parse(body).RootElement
            : throw new InvalidOperationException($"{status}: {body}");
    }

    /// <summary>Waits for what became of a binding.</summary>
    public async Task<JsonElement> OutcomeAsync(string id) =>
        JsonDocument
            .Parse(await LiveWait.ForAsync($"binding {id} has an outcome", async () =>
                {
                    (HttpStatusCode status, string body, _) = await GetAsync($"/v1/bindings/{id}");
                    return status == HttpStatusCode.OK ? body : null;
                }))
            .RootElement;

    public static string Event(
        string id,
        string code,
        string account = "acc-2",
        string values = """{"amount_micros":1000000,"remark":"thanks"}""",
        string page = "poster-7",
        long? time = null
    ) =>
        $$"""{"type":"binding","id":"{{id}}","time":{{time ?? LiveEvents.Now}},"page":"{{page}}","code":"{{code}}","account":"{{account}}","values":{{values}},"ip":"203.0.113.9"}""";

    public void Dispose() => _client.Dispose();
}
