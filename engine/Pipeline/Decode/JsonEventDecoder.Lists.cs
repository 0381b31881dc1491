using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>Values that hold others: the viewport, points of a path, the device.</summary>
public sealed unsafe partial class JsonEventDecoder
{
    private byte* Viewport(byte* at, ref InteractionEvent e)
    {
        Triple(at, out byte* after, out double width, out double height, out _, out int count, out bool numbers);
        // Whole numbers, in digits alone: nothing else in the list has a point or an exponent.
        if (!numbers || count != 2 || !JsonScan.IsDigits(at, after))
        {
            return WrongType(at, Field.Viewport);
        }

        if (!(width >= 0 && width <= EventLimits.MaxMagnitude && height >= 0 && height <= EventLimits.MaxMagnitude))
        {
            _state.Range(Field.Viewport);
        }

        (e.HasViewport, e.ViewportWidth, e.ViewportHeight) = (true, width, height);
        return after;
    }

    /// <summary>
    /// An array of up to three numbers; not <paramref name="numbers"/> where it is anything else, well-formed or not.
    /// </summary>
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
        if (at == _end || *at != '[')
        {
            return;
        }

        at = JsonScan.SkipSpace(at + 1, _end);
        while (count < 3)
        {
            at = JsonScan.Number(at, _end, out double value, out _, out _);
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
            at = JsonScan.SkipSpace(at, _end);
            if (at == _end)
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

            at = JsonScan.SkipSpace(at + 1, _end);
        }
    }

    private byte* Points(byte* at, Field field, ref (int Start, int Count) points)
    {
        if (*at != '[')
        {
            return WrongType(at, field);
        }

        byte* start = at;
        int first = arena.Points,
            count = 0;
        bool inRange = true;
        double before = double.NegativeInfinity;
        at = JsonScan.SkipSpace(at + 1, _end);
        if (at == _end)
        {
            return null;
        }

        if (*at == ']')
        {
            _state.Range(field);
            return at + 1;
        }
        while (true)
        {
            Triple(at, out byte* after, out double t, out double x, out double y, out int numbers, out bool allNumbers);
            if (!allNumbers || numbers != 3)
            {
                arena.Points = first;
                return WrongType(start, field);
            }
            inRange &= PathPoint.InRange(t, x, y, before);
            before = t;
            if (count < EventLimits.MaxPathPoints)
            {
                arena.AddPoint(t, x, y);
            }

            count++;
            at = JsonScan.SkipSpace(after, _end);
            if (at == _end)
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

            at = JsonScan.SkipSpace(at + 1, _end);
        }
        if (!inRange || count > EventLimits.MaxPathPoints)
        {
            arena.Points = first;
            _state.Range(field);
        }
        else
        {
            points = (first, count);
        }

        return at + 1;
    }

    private byte* Device(byte* at, ref InteractionEvent e)
    {
        _state.NewDevice();
        e.Device = default;
        if (*at != '{')
        {
            return WrongType(at, Field.Device);
        }

        at = JsonScan.SkipSpace(at + 1, _end);
        if (at == _end)
        {
            return null;
        }

        if (*at == '}')
        {
            return at + 1;
        }

        while (true)
        {
            Text name = default;
            at = String(at, ref name, out bool wellFormed);
            if (at == null)
            {
                return null;
            }

            at = JsonScan.SkipSpace(at, _end);
            if (at == _end || *at != ':')
            {
                return null;
            }

            at = JsonScan.SkipSpace(at + 1, _end);
            if (at == _end)
            {
                return null;
            }

            at = wellFormed ? DeviceMember(at, name, ref e) : JsonScan.Skip(at, _end, 2, ref _wide);
            if (at == null)
            {
                return null;
            }

            at = JsonScan.SkipSpace(at, _end);
            if (at == _end)
            {
                return null;
            }

            if (*at == '}')
            {
                return at + 1;
            }

            if (*at != ',')
            {
                return null;
            }

            at = JsonScan.SkipSpace(at + 1, _end);
        }
    }

    private byte* DeviceMember(byte* at, Text name, ref InteractionEvent e)
    {
        for (int i = 0; i < Fields.Utf8DeviceNames.Length; i++)
        {
            if (!name.Span.SequenceEqual(Fields.Utf8DeviceNames[i]))
            {
                continue;
            }

            byte* start = at;
            _state.SeeDevice(i);
            e.Device[i] = default;
            if (*at == '"')
            {
                Text text = default;
                at = String(at, ref text, out bool wellFormed);
                if (!wellFormed)
                {
                    _state.BrokenDevice(i);
                }
                else if (text.Length > EventLimits.MaxDeviceBytes)
                {
                    _state.DeviceRange(i);
                }

                e.Device[i] = text;
                return at;
            }
            if (*at == '-' || (uint)(*at - '0') <= 9)
            {
                at = JsonScan.Number(at, _end, out _, out _, out _);
                if (at != null)
                {
                    e.Device[i] = new Text(start, (int)(at - start));
                }

                if (at - start > EventLimits.MaxDeviceBytes)
                {
                    _state.DeviceRange(i);
                }

                return at;
            }
            if (*at != 'n')
            {
                _state.WrongDevice(i);
            }

            break;
        }
        return JsonScan.Skip(at, _end, 2, ref _wide);
    }
}
