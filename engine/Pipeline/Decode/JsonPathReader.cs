using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>Reads lists of numbers: a path's points, which go to the arena, and the viewport.</summary>
internal sealed unsafe class JsonPathReader(JsonFieldReader fields, EventArena arena)
{
    public byte* Points(byte* at, Field field, ref (int Start, int Count) points)
    {
        if (*at != '[')
        {
            return fields.WrongType(at, field);
        }

        byte* start = at;
        int first = arena.Points,
            count = 0;
        bool inRange = true;
        double before = double.NegativeInfinity;
        at = JsonScan.SkipSpace(at + 1, fields.End);
        if (at == fields.End)
        {
            return null;
        }

        if (*at == ']')
        {
            fields.State.Range(field);
            return at + 1;
        }
        while (true)
        {
            Triple(at, out byte* after, out double t, out double x, out double y, out int numbers, out bool allNumbers);
            if (!allNumbers || numbers != 3)
            {
                arena.Points = first;
                return fields.WrongType(start, field);
            }
            inRange &= PathPoint.InRange(t, x, y, before);
            before = t;
            if (count < EventLimits.MaxPathPoints)
            {
                arena.AddPoint(t, x, y);
            }

            count++;
            at = JsonScan.SkipSpace(after, fields.End);
            if (at == fields.End)
            {
                return null;
            }

            if (*at == ']')
            {
                break;
            }

            if (*at != ',')
            {
                return null;
            }

            at = JsonScan.SkipSpace(at + 1, fields.End);
        }
        if (!inRange || count > EventLimits.MaxPathPoints)
        {
            arena.Points = first;
            fields.State.Range(field);
        }
        else
        {
            points = (first, count);
        }

        return at + 1;
    }

    public byte* Viewport(byte* at, ref InteractionEvent e)
    {
        Triple(at, out byte* after, out double width, out double height, out _, out int count, out bool numbers);
        // Both must be integers, written in digits only: the rest of the list can't contain a point or an exponent.
        if (!numbers || count != 2 || !JsonNumbers.IsDigits(at, after))
        {
            return fields.WrongType(at, Field.Viewport);
        }

        if (!(width >= 0 && width <= EventLimits.MaxMagnitude && height >= 0 && height <= EventLimits.MaxMagnitude))
        {
            fields.State.Range(Field.Viewport);
        }

        (e.HasViewport, e.ViewportWidth, e.ViewportHeight) = (true, width, height);
        return after;
    }

    /// <summary>Reads an array of up to three numbers. Sets <paramref name="numbers"/> to false for anything else,
    /// well-formed or not.</summary>
    private void Triple(
        byte* at,
        out byte* after,
        out double first,
        out double second,
        out double third,
        out int count,
        out bool numbers
    )
    {
        (first, second, third, count, numbers) = (0, 0, 0, 0, false);
        after = null;
        if (at == fields.End || *at != '[')
        {
            return;
        }

        at = JsonScan.SkipSpace(at + 1, fields.End);
        while (count < 3)
        {
            at = JsonNumbers.Number(at, fields.End, out double value, out _, out _);
            if (at == null)
            {
                return;
            }

            if (count == 0)
            {
                first = value;
            }
            else if (count == 1)
            {
                second = value;
            }
            else
            {
                third = value;
            }

            count++;
            at = JsonScan.SkipSpace(at, fields.End);
            if (at == fields.End)
            {
                return;
            }

            if (*at == ']')
            {
                numbers = true;
                after = at + 1;
                return;
            }
            if (*at != ',')
            {
                return;
            }

            at = JsonScan.SkipSpace(at + 1, fields.End);
        }
    }
}
