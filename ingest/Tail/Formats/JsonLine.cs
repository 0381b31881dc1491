namespace Ingest.Tail.Formats;

/// <summary>Lines that are JSON objects.</summary>
internal static class JsonLine
{
    internal const string NotJson = "the line isn't a whole JSON object";

    /// <summary>Finds fields by name, at any depth.</summary>
    internal static bool Read(ReadOnlySpan<byte> line, FieldNames names, ref LoggedRequest request)
    {
        var members = new JsonMembers(line);
        while (members.Next())
        {
            if (members.Kind == JsonMember.Object)
            {
                continue;
            }

            LogField field = names.Find(members.Name);
            if (field != LogField.None && !request.Set(field, members.Value))
            {
                return false;
            }
        }
        return members.IsWhole ? request.IsComplete() : request.Fail(NotJson);
    }
}
