using Integration.Tests.Rig;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>Looks at a page of the console as people do.</summary>
internal static class PageLook
{
    /// <summary>On a phone and on a desk: nothing sticks out, and axe has nothing to say.</summary>
    public static async Task FitsAsync(Browser browser, string name)
    {
        foreach ((int width, bool phone) in new[] { (400, true), (1280, false) })
        {
            await browser.SizeAsync(width, 800, phone);
            await browser.PictureAsync($"console-{name}-{width}");
            Assert.Empty(await browser.ViolationsAsync());
            int needed = (await browser.EvaluateAsync("document.documentElement.scrollWidth")).GetInt32();
            Assert.True(needed <= width, $"{name} needs {needed} pixels of {width}");
        }
    }
}
