using System.Text.Json;
using Engine.Contracts.Access;
using Engine.Text.Html;
using Engine.Web;
using Engine.Workflows.Module;
using Engine.Workflows.TaggedContent.Settings;
using Engine.Workflows.TaggedContent.Tagging;

namespace Engine.Workflows.TaggedContent.Web;

/// <summary>The endpoint that emphasises bookmarks for programs.</summary>
internal static class TaggedContentEndpoints
{
    private const int MaxBytes = 1024 * 1024;

    public static void Map(WorkflowEndpoints endpoints, BookmarkShelf shelf) =>
        endpoints
            .Routes.MapPost("/v1/tagged-content", async (HttpContext http) =>
            {
                TagRequest request = Read(
                    await Bodies.ReadAsync(http.Request, MaxBytes).ConfigureAwait(false),
                    Vocabularies(endpoints)
                );
                Tagger tagger = await shelf.GetAsync().ConfigureAwait(false);
                return Answers.Json(Tag(tagger, request).ToJson());
            })
            .ForRole(Role.Viewer)
            .Describe(
                "Emphasises bookmarks in 'text' or 'html': all of them, or those with one of 'tags', or those of a "
                    + "'vocabulary'."
            );

    /// <summary>The vocabularies by id.</summary>
    public static IReadOnlyDictionary<string, VocabularySetting> Vocabularies(WorkflowEndpoints endpoints) =>
        (Dictionary<string, VocabularySetting>)endpoints.Settings.Latest;

    /// <summary>Emphasises what is found.</summary>
    /// <exception cref="RefusedException">It is HTML that is refused (400).</exception>
    public static TaggedText Tag(Tagger tagger, TagRequest request)
    {
        try
        {
            return tagger.Tag(request);
        }
        catch (HtmlRefusedException refused)
        {
            throw Wrong(refused.Message, "html");
        }
    }

    private static TagRequest Read(byte[] body, IReadOnlyDictionary<string, VocabularySetting> vocabularies)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            JsonElement root =
                json.RootElement.ValueKind == JsonValueKind.Object
                    ? json.RootElement
                    : throw Wrong("expected a JSON object with 'text' or 'html'", "body");
            string? text = Text(root, "text"),
                html = Text(root, "html");
            if ((text == null) == (html == null))
            {
                throw Wrong("expected either 'text' or 'html'", html == null ? "text" : "html");
            }

            return new TagRequest(text ?? html!, html != null, Tags(root), Vocabulary(root, vocabularies));
        }
        catch (JsonException problem)
        {
            throw Wrong($"the body isn't JSON: {problem.Message}", "body");
        }
        catch (InvalidOperationException)
        {
            throw Wrong("a text of the body isn't one of Unicode: half of a surrogate pair", "body");
        }
    }

    private static HashSet<string>? Tags(JsonElement root) =>
        Find(root, "tags") is not { } tags ? null
        : tags.ValueKind == JsonValueKind.Array
        && tags.EnumerateArray().All(tag => tag.ValueKind == JsonValueKind.String)
            ? [.. tags.EnumerateArray().Select(tag => tag.GetString()!)]
        : throw Wrong("'tags' isn't a list of texts", "tags");

    private static VocabularySetting? Vocabulary(
        JsonElement root,
        IReadOnlyDictionary<string, VocabularySetting> vocabularies
    ) =>
        Text(root, "vocabulary") is not { } id ? null
        : vocabularies.TryGetValue(id, out VocabularySetting? vocabulary) ? vocabulary
        : throw Wrong(
            $"there is no vocabulary '{id}': expected the id of a setting {VocabularyKind.Name}/…",
            "vocabulary"
        );

    private static string? Text(JsonElement root, string name) =>
        Find(root, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong($"'{name}' isn't a text", name);

    private static JsonElement? Find(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static RefusedException Wrong(string problem, string where) =>
        new(StatusCodes.Status400BadRequest, problem, where);
}
